import { parse } from 'yaml';
import { Manifest } from '../model/manifest';
import { ServiceEntryVisibility } from '../model/service-entry-visibility';
import { Value } from '../model/value';

/** What the caller knows of the mesh; what is left out is read from the cluster's objects. */
export interface MeshOptions {
  /** @default "cluster.local" */
  readonly clusterDomain?: string;
  /** @default - the mesh configuration's, or "istio-system" */
  readonly rootNamespace?: string;
  /** Whether istiod runs with PILOT_SCOPE_GATEWAY_TO_NAMESPACE. @default - as istiod's Deployment says */
  readonly scopedGateways?: boolean;
}

/** The settings of the mesh that decide what the rules say. */
export interface MeshConfig {
  readonly clusterDomain: string;
  readonly rootNamespace: string;
  /** undefined where nothing says it; Istio's default is off. */
  readonly scopedGateways?: boolean;
  readonly defaultServiceExportTo?: string[];
  readonly defaultVirtualServiceExportTo?: string[];
  readonly defaultDestinationRuleExportTo?: string[];
  /** Which ServiceEntries count beyond their own namespace. */
  readonly visibility: ServiceEntryVisibility;
  /** The mesh configurations that were found, one per revision. */
  readonly configs: { manifest: Manifest; mesh: Value }[];
  /** The control planes that were found. */
  readonly controlPlanes: Manifest[];
}

const SCOPE_FLAG = 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE';

/** Reads the mesh's settings: the ConfigMap `istio`, or `istio-REVISION`, and istiod's Deployment. */
export function meshConfig(manifests: Manifest[], options: MeshOptions): MeshConfig {
  const configs = manifests
    .filter(isMeshConfig)
    .map((manifest) => ({ manifest, mesh: parsed(manifest.body.at('data', 'mesh').text) }));
  const controlPlanes = manifests.filter(isControlPlane);
  const mesh = configs[0]?.mesh ?? new Value(undefined);
  const list = (field: string) => (mesh.at(field).exists ? mesh.at(field).texts : undefined);
  return {
    clusterDomain: (options.clusterDomain ?? 'cluster.local').toLowerCase(),
    rootNamespace:
      options.rootNamespace ?? mesh.at('rootNamespace').text ?? configs[0]?.manifest.namespace ?? 'istio-system',
    scopedGateways: options.scopedGateways ?? scoped(controlPlanes),
    defaultServiceExportTo: list('defaultServiceExportTo'),
    defaultVirtualServiceExportTo: list('defaultVirtualServiceExportTo'),
    defaultDestinationRuleExportTo: list('defaultDestinationRuleExportTo'),
    visibility: ServiceEntryVisibility.read(mesh, manifests),
    configs,
    controlPlanes,
  };
}

function isMeshConfig({ group, kind, name, body }: Manifest): boolean {
  return group === '' && kind === 'ConfigMap' && /^istio(-|$)/.test(name) && body.at('data', 'mesh').exists;
}

/** Configuration of the mesh or of a proxy, which stands in YAML as a text. */
export function parsed(text = ''): Value {
  try {
    return new Value(parse(text, { logLevel: 'silent' }));
  } catch {
    return new Value(undefined); // Istio refuses it as well, and keeps its defaults.
  }
}

function isControlPlane({ kind, body, spec }: Manifest): boolean {
  return kind === 'Deployment' && (body.at('metadata', 'labels').map.app === 'istiod' || containsDiscovery(spec));
}

function containsDiscovery(spec: Value): boolean {
  return spec.at('template', 'spec', 'containers').items.some((container) => container.at('name').text === 'discovery');
}

/** Whether every control plane has the flag; one that has not still serves its gateways as Istio does by default. */
function scoped(controlPlanes: Manifest[]): boolean | undefined {
  if (controlPlanes.length === 0) return undefined;
  return controlPlanes.every(({ spec }) =>
    spec
      .at('template', 'spec', 'containers')
      .items.flatMap((container) => container.at('env').items)
      .some((entry) => entry.at('name').text === SCOPE_FLAG && /^(1|t|true)$/i.test(entry.at('value').text ?? '')),
  );
}

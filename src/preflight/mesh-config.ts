import { environmentOf, isControlPlane, isMeshConfig, isOn, parsed, SCOPE_FLAG } from '../model/control-plane';
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

/** Whether every control plane has the flag; one that has not still serves its gateways as Istio does by default. */
function scoped(controlPlanes: Manifest[]): boolean | undefined {
  if (controlPlanes.length === 0) return undefined;
  return controlPlanes.every((manifest) => isOn(environmentOf(manifest)[SCOPE_FLAG]));
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { App, Yaml } from 'cdk8s';
import { IConstruct } from 'constructs';
import { InstallationPart, markWritten, partsBelow } from './installation-parts';
import { EgressError } from '../errors';
import { closedExits, closedWaypoints, EXITS_CLOSED, WAYPOINTS_CLOSED } from './closed-exits';
import { Mesh } from '../mesh/mesh';
import { OutboundTrafficPolicy } from '../mesh/mesh-settings';

/**
 * What must be installed apart from the manifests: settings of the mesh that a gateway relies on, IstioOperator files, and the policy of
 * the root namespace. They are written beside the manifests, never among them, where Flux would apply them.
 *
 * @example
 * Installation.write(app, 'install');
 * app.synth();
 */
export class Installation {
  /**
   * Writes what the constructs below a scope need of the mesh, and what closes it, without which nothing that they declare is
   * enforced. The same settings are in `mesh-config.yaml`, to be merged into the mesh's configuration, and, together with the
   * environment of istiod, in `istiod.helm-values.yaml` for Helm's chart `istiod` and in `istiod.istioctl.yaml` for `istioctl`. For each gateway with
   * `GatewayInstallation.ISTIO_OPERATOR` there is a `<gateway>.istio-operator.yaml`, to be read by `istioctl manifest generate`.
   * For apps with gateways there is a manifest, `<root namespace>.exits-closed.yaml`, to be applied once, before the first exit: it closes
   * their pods while they have no policies of their own. A mesh with `rootNamespaceClosesEveryWaypoint` gets the same for waypoints,
   * `<root namespace>.waypoints-closed.yaml`.
   * What `Mesh.configure` says is not so in this mesh is left out.
   *
   * To be called after everything is declared and before `app.synth()`, which warns (`InstallationNotWritten`) of gateways and extension
   * providers that are not written by then. Returns the paths of the files.
   *
   * @throws InstallationFolder if the folder lies inside the app's output
   * @throws DuplicateObject if two entries for the mesh configuration have one name, which istiod would refuse as a whole
   */
  public static write(scope: IConstruct, folder: string): string[] {
    const root = scope.node.root;
    const target = resolve(folder);
    if (App.isConstruct(root) && 'outdir' in root) {
      if (isInside(resolve((root as App).outdir), target)) {
        throw new EgressError('InstallationFolder', scope.node.path || '(app)', {
          what: 'the folder lies in the output of the app, where Flux would apply the files as manifests',
          given: folder,
          allowed: `a folder outside of ${(root as App).outdir}`,
          fix: 'choose another folder, as "install"',
        });
      }
    }
    const parts = partsBelow(scope);
    const files = [...istioOperators(parts), ...controlPlane(scope, parts), ...exitsClosed(parts)];
    if (files.length > 0) mkdirSync(target, { recursive: true });
    const paths = files.map(([name, content]) => {
      const path = join(target, name);
      // JSON leaves undefined fields out; YAML would write them as null.
      writeFileSync(path, Yaml.stringify(JSON.parse(JSON.stringify(content))));
      return path;
    });
    markWritten(scope, parts);
    return paths;
  }

  private constructor() {}
}

/**
 * The mesh of an app with all that belongs to it: how istiod runs, as an IstioOperator, which needs no file; the gateways that `istioctl`
 * installs; the policies of the root namespace. What nobody states is taken to be closed, as everywhere.
 *
 * @param mesh That of the app, for apps of which nothing must be installed
 */
export function installed(
  scope: IConstruct,
  mesh: Mesh,
): { istiod: object; operators: unknown[]; policies: unknown[] } {
  const parts = partsBelow(scope);
  const closing = parts.flatMap(({ closes }) => closes ?? []);
  const { meshConfig, env } = settings(scope, parts, closing.length > 0 ? closing : [mesh]);
  const [trustDomain, ...trustDomainAliases] = mesh._trustDomains;
  const facts = {
    ...{ rootNamespace: mesh.rootNamespace, trustDomain, trustDomainAliases },
    ...(mesh.dnsProxying && { defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } } }),
  };
  const wildcards = mesh.waypointTlsWildcards && { ENABLE_WILDCARD_HOST_SERVICE_ENTRIES_FOR_TLS: 'true' };
  const spec = { meshConfig: { ...facts, ...meshConfig }, values: { pilot: { env: { ...env, ...wildcards } } } };
  return {
    istiod: { apiVersion: 'install.istio.io/v1alpha1', kind: 'IstioOperator', spec },
    operators: istioOperators(parts).map(([, content]) => content),
    policies: exitsClosed(parts).map(([, content]) => content),
  };
}

function istioOperators(parts: InstallationPart[]): [string, unknown][] {
  return parts.flatMap(({ operator }) =>
    operator ? [[`${operator.name}.istio-operator.yaml`, operator.content()] as [string, unknown]] : [],
  );
}

function isInside(folder: string, path: string): boolean {
  const [first] = relative(folder, path).split(sep);
  return first !== '..' && !isAbsolute(first);
}

function extensionProviders(scope: IConstruct, parts: InstallationPart[]): object {
  const providers = parts.flatMap(({ extensionProvider }) => extensionProvider ?? []);
  const names = providers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new EgressError('DuplicateObject', scope.node.path || '(app)', {
      what: 'two entries for the mesh configuration have one name, and istiod would refuse the whole configuration',
      given: twice,
      allowed: 'one extension provider of a name',
      fix: 'give one of the gateways or logs another name',
    });
  }
  return providers.length > 0 ? { extensionProviders: providers } : {};
}

/** A manifest, for whoever installs istiod: Flux applies it together with an exit too late, and prunes it too early. */
function exitsClosed(parts: InstallationPart[]): [string, unknown][] {
  const roots = (meshes: Mesh[]) => [...new Set(meshes.map(({ rootNamespace }) => rootNamespace))];
  const gateways = parts.flatMap(({ gatewaysIn }) => gatewaysIn ?? []).filter((mesh) => mesh._gatewaysClosedAtRoot);
  const waypoints = parts.flatMap(({ waypointsIn }) => waypointsIn ?? []).filter((mesh) => mesh._waypointsClosedAtRoot);
  return [
    ...roots(gateways).map((root): [string, unknown] => [`${root}.${EXITS_CLOSED}.yaml`, closedExits(root)]),
    ...roots(waypoints).map((root): [string, unknown] => [`${root}.${WAYPOINTS_CLOSED}.yaml`, closedWaypoints(root)]),
  ];
}

/** The mesh's configuration and istiod's environment, in each form in which they are installed. */
function controlPlane(scope: IConstruct, parts: InstallationPart[]): [string, unknown][] {
  const meshes = parts.flatMap(({ closes }) => closes ?? []);
  const { meshConfig, env } = settings(scope, parts, meshes);
  const values = { meshConfig: some(meshConfig), env: some(env) };
  if (!values.meshConfig && !values.env) return [];
  const spec = { meshConfig: values.meshConfig, values: values.env && { pilot: { env } } };
  return [
    ...(values.meshConfig ? [['mesh-config.yaml', meshConfig] as [string, unknown]] : []),
    ['istiod.helm-values.yaml', values],
    ['istiod.istioctl.yaml', { apiVersion: 'install.istio.io/v1alpha1', kind: 'IstioOperator', spec }],
  ];
}

function settings(scope: IConstruct, parts: InstallationPart[], meshes: Mesh[]): { meshConfig: object; env: object } {
  const meshConfig = {
    ...outboundTrafficPolicy(meshes),
    ...serviceEntryVisibility(parts, meshes),
    ...extensionProviders(scope, parts),
  };
  return { meshConfig, env: environment(meshes) };
}

function some(fields: object): object | undefined {
  return Object.keys(fields).length > 0 ? fields : undefined;
}

function outboundTrafficPolicy(meshes: Mesh[]): object {
  const mode = OutboundTrafficPolicy.REGISTRY_ONLY;
  const isClosed = meshes.length > 0 && meshes.every((mesh) => mesh.outboundTrafficPolicy === mode);
  return isClosed ? { outboundTrafficPolicy: { mode } } : {};
}

/** The flag is a variable of istiod's environment: the mesh's configuration has no field for it. */
function environment(meshes: Mesh[]): object {
  const isScoped = meshes.length > 0 && meshes.every(({ _gatewaysScoped }) => _gatewaysScoped);
  return isScoped ? { PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'true' } : {};
}

/**
 * Of several ServiceEntries for one host, Istio takes the oldest: for a gateway of all that its namespace sees, and in ambient,
 * which ignores `exportTo`, of the whole mesh. One with addresses takes the calls to them of all sidecars that see it. Since
 * Istio 1.31 the mesh can say whose count beyond their own namespace.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ServiceEntryVisibility
 * @see serviceExportTo in istio/istio, pilot/pkg/model/push_context.go
 */
function serviceEntryVisibility(parts: InstallationPart[], meshes: Mesh[]): object {
  if (meshes.length === 0 || !meshes.every(({ _serviceEntriesScoped }) => _serviceEntriesScoped)) return {};
  const namespaces = [...new Set(parts.flatMap(({ publicServiceEntries }) => publicServiceEntries ?? []))].sort();
  const policies = namespaces.map((name) => ({
    visibility: 'PUBLIC',
    matchingRules: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }],
  }));
  return {
    serviceEntryVisibility: {
      defaultVisibility: 'NAMESPACE',
      applyToSidecars: true,
      ...(policies.length > 0 && { policies }),
    },
  };
}

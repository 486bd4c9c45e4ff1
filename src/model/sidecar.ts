import { covers, overlap } from './hosts';
import { Manifest } from './manifest';

/** What one listener of a Sidecar lets its workloads see. */
export interface EgressListener {
  /** The one port that it is for; undefined for all that have none of their own. */
  readonly port?: number;
  readonly imports: { namespace: string; host: string; excluded: boolean }[];
}

/** An Istio Sidecar, as far as it narrows what its workloads can call. */
export interface Sidecar {
  readonly manifest: Manifest;
  readonly namespace: string;
  /** The labels of its workloads; undefined for all of the namespace. */
  readonly selector?: Record<string, string>;
  readonly listeners: EgressListener[];
  /** What becomes of calls to unknown hosts; undefined for the mesh's setting. */
  readonly outbound?: string;
}

/** Reads a Sidecar. */
export function toSidecar(manifest: Manifest): Sidecar {
  const { namespace, spec } = manifest;
  const selector = spec.at('workloadSelector');
  const outbound = spec.at('outboundTrafficPolicy');
  const listeners = spec.at('egress').items.map((listener) => ({
    port: listener.at('port', 'number').number,
    imports: listener.at('hosts').texts.flatMap((entry) => toImport(entry)),
  }));
  return {
    manifest,
    namespace,
    selector: selector.exists ? selector.at('labels').map : undefined,
    listeners: listeners.length > 0 ? listeners : [{ imports: toImport('*/*') }],
    outbound: outbound.exists ? (outbound.at('mode').text ?? 'REGISTRY_ONLY').toUpperCase() : undefined,
  };
}

/** The listener that calls to a port come to; undefined if there is none for it. */
export function listenerFor({ listeners }: Sidecar, port: number): EgressListener | undefined {
  return listeners.find((listener) => listener.port === undefined || listener.port === port);
}

/** Whether a listener's workloads, in the given namespace, see a host of an object's namespace. */
export function importsHost(listener: EgressListener, from: string, at: string, host: string): boolean {
  return imports(listener, from, at, (imported) => covers(imported, host));
}

/** Whether they see a route for a host: there, an import that is narrower than the route's host is enough. */
export function importsRoute(listener: EgressListener, from: string, at: string, host: string): boolean {
  return imports(listener, from, at, (imported) => overlap(imported, host));
}

function imports(listener: EgressListener, from: string, at: string, matches: (host: string) => boolean): boolean {
  const found = listener.imports.filter(
    ({ namespace, host }) => [at, '*'].includes(namespace === '.' ? from : namespace) && matches(host),
  );
  return found.length > 0 && !found.some(({ excluded }) => excluded);
}

/** @see convertIstioListenerToWrapper in istio/istio, pilot/pkg/model/sidecar.go */
function toImport(entry: string): EgressListener['imports'] {
  const [scope, host, ...more] = entry.split('/');
  if (host === undefined || more.length > 0) return [];
  const excluded = scope.startsWith('~');
  return [{ namespace: (excluded ? scope.slice(1) : scope) || '*', host: host.toLowerCase(), excluded }];
}

import { ExportTo } from './export-to';
import { fullHost } from './hosts';
import { Manifest } from './manifest';
import { Value } from './value';

/** The name by which routes mean all sidecars. */
export const MESH = 'mesh';

/** Where a route leads. */
export interface Destination {
  readonly host: string;
  readonly port?: number;
  readonly subset?: string;
}

/** One condition of a route and where it leads; a route with several conditions is several of these. */
export interface Route {
  readonly kind: 'http' | 'tls' | 'tcp';
  /** "mesh", or "namespace/name" of Gateways. */
  readonly gateways: string[];
  /** The port that was called; undefined for any. */
  readonly port?: number;
  /** The names that a TLS route is for. */
  readonly sniHosts: string[];
  readonly destinations: Destination[];
  /** Whether the Host header is rewritten. */
  readonly rewritesHost: boolean;
}

/** An Istio VirtualService. */
export interface VirtualService {
  readonly manifest: Manifest;
  readonly namespace: string;
  readonly hosts: string[];
  readonly exportTo: ExportTo;
  readonly routes: Route[];
}

/** Reads a VirtualService. One without hosts, which others delegate to, has no routes of its own. */
export function toVirtualService(manifest: Manifest, domain: string, defaultExportTo?: string[]): VirtualService {
  const { namespace, spec } = manifest;
  const full = (host: string) => fullHost(host, namespace, domain);
  const gatewayNames = (value: Value) =>
    value.texts.map((name) => (name === MESH || name.includes('/') ? name : `${namespace}/${name}`));
  const bound = gatewayNames(spec.at('gateways'));
  const own = bound.length > 0 ? bound : [MESH];
  const hosts = spec.at('hosts').texts.map(full);

  const route = (kind: Route['kind'], content: Value): Route[] => {
    const mirrors = [content.at('mirror'), ...content.at('mirrors').items.map((mirror) => mirror.at('destination'))];
    const destinations = [...content.at('route').items.map((target) => target.at('destination')), ...mirrors].flatMap(
      (target) => {
        const host = target.at('host').text;
        if (!host) return [];
        return [{ host: full(host), port: target.at('port', 'number').number, subset: target.at('subset').text }];
      },
    );
    const matches = content.at('match').items;
    return (matches.length > 0 ? matches : [new Value({})]).map((match) => {
      const narrowed = gatewayNames(match.at('gateways'));
      return {
        kind,
        gateways: narrowed.length > 0 ? narrowed.filter((name) => own.includes(name)) : own,
        port: match.at('port').number,
        sniHosts: match.at('sniHosts').texts.map((host) => host.toLowerCase()),
        destinations,
        rewritesHost: content.at('rewrite', 'authority').exists,
      };
    });
  };
  return {
    manifest,
    namespace,
    hosts,
    exportTo: ExportTo.read(spec.at('exportTo').texts, namespace, defaultExportTo),
    routes:
      hosts.length === 0
        ? []
        : (['http', 'tls', 'tcp'] as const).flatMap((kind) =>
            spec.at(kind).items.flatMap((content) => route(kind, content)),
          ),
  };
}

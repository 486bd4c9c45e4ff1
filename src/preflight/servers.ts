import { Exit } from './exits';
import { Gateway, GatewayServer, serverNames } from '../model/gateway';
import { HostEntry } from '../model/host-entry';
import { covers } from '../model/hosts';
import { Route } from '../model/virtual-service';

/** A server of a Gateway on a pod's port, and what istiod makes of it. */
export interface PlacedServer {
  readonly gateway: Gateway;
  readonly server: GatewayServer;
  /** The port that the pods listen on. */
  readonly port: number;
  /** The names in a TLS handshake that lead to it; "*" for every connection, none where it has no route to make it listen. */
  readonly names: string[];
  /** The server in whose favour istiod leaves this one out; undefined where it serves. */
  readonly skippedFor?: PlacedServer;
  /** Why it is left out. */
  readonly reason?: 'protocol' | 'host';
}

/**
 * Puts the servers of Gateways on one pod's ports, in the order in which istiod does it: the oldest Gateway first.
 *
 * @see mergeGateways in istio/istio, pilot/pkg/model/gateway.go
 */
export function placeServers({ gateways, services, routes }: Exit): PlacedServer[] {
  const placed: PlacedServer[] = [];
  const bound = (gateway: Gateway) =>
    routes.flatMap((virtualService) => virtualService.routes).filter((route) => route.gateways.includes(gateway.id));
  for (const gateway of gateways) {
    for (const server of gateway.servers) {
      const port = targetPort(server.port, services);
      const rivals = placed.filter(
        (other) => other.port === port && !other.skippedFor && other.server.bind === server.bind,
      );
      placed.push({ gateway, server, port, names: namesOf(server, bound(gateway)), ...conflict(server, rivals) });
    }
  }
  return placed;
}

/** A Gateway may name the Service's port, or the pods' own. */
export function targetPort(port: number, services: HostEntry[]): number {
  const known = services.flatMap(({ ports }) => ports).find(({ number }) => number === port);
  return known?.target ?? port;
}

export const isTls = ({ tls, protocol }: GatewayServer): boolean => tls !== undefined && protocol !== 'http';

function conflict(server: GatewayServer, rivals: PlacedServer[]): Pick<PlacedServer, 'skippedFor' | 'reason'> {
  if (server.tls !== undefined) {
    const twin = rivals.find((other) => other.server.tls !== undefined && shared(other.server.hosts, server.hosts));
    if (twin) return { skippedFor: twin, reason: 'host' };
  }
  // Only what has no TLS is in the way: HTTP joins HTTP, nothing else joins anything.
  const plain = rivals.find((other) => !isTls(other.server));
  if (plain && !(plain.server.protocol === 'http' && server.protocol === 'http')) {
    return { skippedFor: plain, reason: 'protocol' };
  }
  return {};
}

/**
 * Whether Envoy cannot tell the connections of two servers on one port apart, and so refuses the listener with both. istiod
 * lets such servers through: without TLS on a port that has TLS, or the same host in two namespaces' names.
 */
export function indistinguishable(a: PlacedServer, b: PlacedServer): boolean {
  if (a.skippedFor || b.skippedFor || a.port !== b.port || a.server.bind !== b.server.bind) return false;
  if (!isTls(a.server) && !isTls(b.server)) return false;
  return shared(a.names, b.names);
}

/** How exactly a server names the server that a client asks for; -1 where it does not. */
export function precision({ names }: PlacedServer, sni: string): number {
  const lengths = names.map((name) => {
    if (name === sni) return Infinity;
    return name.startsWith('*') && covers(name, sni) ? name.length : -1;
  });
  return Math.max(-1, ...lengths);
}

/** HTTP is served by itself, TCP only with a route, and what passes through is told apart by its routes. */
function namesOf(server: GatewayServer, routes: Route[]): string[] {
  const own = serverNames(server);
  if (server.tls === 'AUTO_PASSTHROUGH') return [];
  if (server.tls === 'PASSTHROUGH') {
    const asked = routes.filter(({ kind }) => kind === 'tls').flatMap(({ sniHosts }) => sniHosts);
    return asked.filter((name) => own.some((host) => covers(host, name)));
  }
  const http = server.protocol === 'http' || server.protocolName === 'https';
  if (!http && !routes.some(({ kind }) => kind === 'tcp')) return [];
  return !isTls(server) || own.includes('*') ? ['*'] : own;
}

function shared(a: string[], b: string[]): boolean {
  return a.some((entry) => b.includes(entry));
}

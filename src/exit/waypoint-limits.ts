import { Declaration } from './declaration';
import { isWildcard } from '../destination/host';
import { EgressError } from '../errors';
import { Mesh } from '../mesh/mesh';

/**
 * What a waypoint cannot carry.
 * @throws ExitCannotCarry, HostWildcard, VersionUnsupported
 */
export function checkWaypointCarries(declaration: Declaration): void {
  const { scope, ports, upstreamHost } = declaration;
  const refuse = (what: string, given: unknown, allowed: string, fix: string): never => {
    throw new EgressError('ExitCannotCarry', scope, { what, given, allowed, fix });
  };
  if (upstreamHost !== undefined) {
    refuse('a waypoint serves hosts under their own names', upstreamHost, 'an EgressGateway', 'use an EgressGateway');
  }
  const open = ports.find((port) => port.kind !== 'http' && !port.identified);
  if (open) {
    refuse(
      'every hop in ambient has an identity, so that there is none without',
      `port ${open.port}`,
      'EgressPort.tlsPassthrough',
      'use it here',
    );
  }
  const wildcard = declaration.hosts.find(isWildcard);
  if (wildcard) checkWildcard(wildcard, declaration);
}

/** Names that are looked up when a call comes. */
function checkWildcard(given: string, { scope, ports, upstream }: Declaration): void {
  if (upstream.endpoints) {
    throw new EgressError('HostWildcard', scope, {
      what: 'Istio gives a wildcard with endpoints no virtual address, so that ztunnel would not know where its calls are going',
      given,
      allowed: 'a wildcard without `endpoints`, whose names the waypoint looks up; or an EgressGateway',
      fix: 'leave `endpoints` out, or list the hosts',
    });
  }
  if (!Mesh.of(scope)._version.atLeast(1, 28)) {
    throw new EgressError('VersionUnsupported', scope, {
      what: 'waypoints look up the names below a wildcard (DYNAMIC_DNS) only in newer versions of Istio',
      given,
      allowed: 'Istio 1.28 or newer, or an EgressGateway with `endpoints`',
      fix: 'list the hosts that are called, or set `istioVersion` if the mesh is newer',
    });
  }
  const bad = ports.find((port) => port.kind !== 'http' || port.tls !== undefined);
  const { connectionLimits, outlierDetection, resolution } = upstream;
  const settings = { connectionLimits, outlierDetection, resolution: resolution === 'DNS' ? undefined : resolution };
  const [setting] = Object.entries(settings).find(([, value]) => value !== undefined) ?? [];
  if (bad ?? setting) {
    throw new EgressError('HostWildcard', scope, {
      what: 'below a wildcard a waypoint carries plain HTTP, by the Host header; TLS needs a flag of istiod that is off by default, and nothing can be said of how to connect',
      given: `${given}, ${bad ? `port ${bad.port}` : setting}`,
      allowed: 'EgressPort.http, without `resolution`, `connectionLimits` and `outlierDetection`',
      fix: 'list the hosts that are called',
    });
  }
}

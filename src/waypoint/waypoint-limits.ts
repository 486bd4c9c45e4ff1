import { calledProtocol } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { EgressError } from '../errors';
import { Declaration } from '../exit/declaration';
import { Mesh } from '../mesh/mesh';
import { beyondLookup, WITH_LOOKUP } from '../upstream/looked-up';

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
  const open = ports.find(({ kind }) => kind === 'open');
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
function checkWildcard(given: string, declaration: Declaration): void {
  const { scope, ports, upstream } = declaration;
  if (upstream.endpoints) {
    throw new EgressError('HostWildcard', scope, {
      what: 'Istio gives a wildcard with endpoints no virtual address, so that ztunnel would not know where its calls are going',
      given,
      allowed: 'a wildcard without `endpoints`, whose names the waypoint looks up; or an EgressGateway',
      fix: 'leave `endpoints` out, or list the hosts',
    });
  }
  const { _version: version, waypointTlsWildcards } = Mesh.of(scope);
  const onTls = ports.some((port) => calledProtocol(port) === 'TLS');
  const minor = onTls && waypointTlsWildcards ? 29 : 28;
  if (!version.atLeast(1, minor)) {
    throw new EgressError('VersionUnsupported', scope, {
      what: 'waypoints look up the names below a wildcard (DYNAMIC_DNS) only in newer versions of Istio',
      given,
      allowed: `Istio 1.${minor} or newer, or an EgressGateway with \`endpoints\``,
      fix: 'list the hosts that are called, or set `istioVersion` if the mesh is newer',
    });
  }
  if (onTls && !waypointTlsWildcards) {
    throw new EgressError('HostWildcard', scope, {
      what: 'below a wildcard a waypoint carries TLS only from Istio 1.29 on, and where a flag of istiod allows it that is off by default',
      given,
      allowed: 'EgressPort.http; or TLS where istiod runs with ENABLE_WILDCARD_HOST_SERVICE_ENTRIES_FOR_TLS=true',
      fix: 'list the hosts that are called, or state the flag with `waypointTlsWildcards` in Mesh.configure',
    });
  }
  const unnamed = ports.find(({ kind, port }) => kind === 'http' && port !== 80);
  if (unnamed) {
    throw new EgressError('HostWildcard', scope, {
      what: 'of HTTP calls below a wildcard a waypoint compares the whole Host header with the wildcard, and clients write every port into it but 80: it would answer all of them with 404',
      given: `${given}, port ${unnamed.port}`,
      allowed: 'HTTP on port 80, or an EgressGateway with `endpoints`',
      fix: 'list the hosts that are called on this port',
    });
  }
  const beyond = beyondLookup(declaration);
  if (beyond !== undefined) {
    throw new EgressError('HostWildcard', scope, {
      what: 'below a wildcard a waypoint goes by the name that a call says, in the Host header or in the handshake, and nothing can be said of how to connect: no TLS of its own either',
      given: `${given}, ${beyond}`,
      allowed: WITH_LOOKUP,
      fix: 'list the hosts that are called',
    });
  }
}

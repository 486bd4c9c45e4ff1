import { httpPorts, opaquePorts } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { EgressError } from '../errors';
import { GatewayAddress, OwnGatewayAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { hopServerName, parseServerName } from '../exit/server-names';
import { checkUnaskedBytes } from '../exit/unasked-bytes';
import { ownAuthority, calledAuthority } from '../upstream/authorities';

/** RFC 1035, without the length bytes. */
const MAX_DNS_NAME = 253;

/**
 * What no egress gateway can carry, whoever owns it.
 * @throws HostWildcard, HostSyntax, ClientInExitNamespace, ExitCannotCarry
 */
export function checkCarries(gateway: GatewayAddress, declaration: Declaration): void {
  const { scope, clients } = declaration;
  if (clients.some((client) => client.namespaceName === gateway.namespace)) {
    throw new EgressError('ClientInExitNamespace', scope, {
      what: "a client stands in the exit's own namespace, where sidecars see the exit's routes and could go out past it",
      given: gateway.namespace,
      fix: "run the client in another namespace, and nothing but exits in the exit's",
    });
  }
  const wildcard = declaration.hosts.find(isWildcard);
  if (wildcard) checkWildcard(wildcard, declaration);
  checkServerNames(declaration);
}

/** What the hop asks for is a DNS name too, and nothing that is open may be taken for it. */
function checkServerNames({ scope, hosts, ports, clients }: Declaration): void {
  const namespaces = clients.map(({ namespaceName, serviceAccountName }) =>
    serviceAccountName ? undefined : namespaceName,
  );
  for (const { port, kind } of opaquePorts(ports)) {
    const long = hosts
      .flatMap((host) => namespaces.map((namespace) => hopServerName(host, port, namespace)))
      .find((name) => name.length > MAX_DNS_NAME);
    if (kind !== 'open' && long) {
      throw new EgressError('HostSyntax', scope, {
        what: "the server name of the hop, which is the host's with the client and the port in front, is longer than a DNS name can be",
        given: long,
        allowed: `${MAX_DNS_NAME} characters`,
        fix: 'call the service by a shorter name',
      });
    }
    const likeServerName = hosts.find(parseServerName);
    if (kind === 'open' && likeServerName) {
      throw new EgressError('ExitCannotCarry', scope, {
        what: 'without identity the hop carries the name of the host, and this one could be the server name of a port of another host, which is not open',
        given: likeServerName,
        allowed: 'names that do not begin like "sa.443." or "ns.shop.443."',
        fix: 'use EgressPort.tlsPassthrough',
      });
    }
  }
}

/**
 * Policies that tell ports apart need the numbers on which the pods listen, which nothing tells of pods that exist already.
 * @throws ExitCannotCarry, PortConflict
 */
export function checkTargetPorts(gateway: OwnGatewayAddress, { scope, ports, rules }: Declaration): void {
  const { targetPorts } = gateway;
  const opaque = ports.find(({ kind }) => kind !== 'http');
  const shared = [
    [gateway.http.port, gateway.opaque.port],
    [targetPorts.http, targetPorts.opaque],
  ].find(([http, other]) => http !== undefined && http === other);
  if (opaque && shared) {
    throw new EgressError('PortConflict', scope, {
      what: 'one port of the gateway would take both HTTP and TLS or TCP that no proxy reads: Istio serves one of them, and a grant for the one would be a grant for the other',
      given: shared[0],
      allowed: 'a port of its own for each, of the Service and of the pods',
      fix: 'set `httpPort`, `httpTargetPort`, `tlsPort` and `tlsTargetPort` to what the Service has',
    });
  }
  const [property, why] =
    opaque && targetPorts.opaque === undefined
      ? ['tlsTargetPort', `port ${opaque.port} is let through by it`]
      : rules.some(({ action }) => action === 'deny') && targetPorts.http === undefined
        ? ['httpTargetPort', 'HttpRule.deny is limited to it']
        : [];
  if (!property) return;
  throw new EgressError('ExitCannotCarry', scope, {
    what: `the exit's pods exist already, and on which port they listen is not said: ${why}, and with another number Istio would silently ignore the rule`,
    given: undefined,
    allowed: "the targetPort of the Service, which is the pods' own",
    fix: `set \`${property}\` in GatewayWorkload.existing`,
  });
}

/**
 * A server takes those whom it can name, in the handshake, or all of a namespace, by a policy; there is none for everybody. Nor is
 * there a way for everybody to the others: what sidecars have to be told stands in a rule for their namespace.
 * @throws ExitCannotCarry, UnaskedBytes
 */
export function checkNamed(declaration: Declaration): void {
  const { scope, ports, clients } = declaration;
  const [port] = opaquePorts(ports);
  if (!port) return;
  checkUnaskedBytes(declaration);
  if (clients.every(({ namespaceName }) => namespaceName !== undefined)) return;
  throw new EgressError('ExitCannotCarry', scope, {
    what: 'on this port sidecars ask for a server of the exit by name, and only those of named clients are told how',
    given: `EgressClient.anyInMesh() on port ${port.port}`,
    allowed: 'EgressClient.serviceAccount, EgressClient.namespace',
    fix: 'name the clients',
  });
}

/** A gateway looks names up before any call comes, so it needs to be told where the names below a domain are. */
function checkWildcard(given: string, { scope, ports, upstream }: Declaration): void {
  if (!upstream.endpoints) {
    throw new EgressError('HostWildcard', scope, {
      what: 'a gateway cannot look up a name that it first hears in a call: Istio serves DYNAMIC_DNS at sidecars and waypoints only',
      given,
      allowed: 'a wildcard with `endpoints`, the server behind all of its names; or a SidecarExit',
      fix: 'list the hosts that are called, or set `endpoints`',
    });
  }
  const rewritten = httpPorts(ports).find((port) => ownAuthority('host', port) !== calledAuthority('host', port));
  if (rewritten) {
    throw new EgressError('ExitCannotCarry', scope, {
      what: `the host would read port ${rewritten.port} in the Host header, and a route cannot rewrite the names below a wildcard`,
      given: `${given}, port ${rewritten.port} to ${rewritten.upstreamPort}`,
      allowed: 'port 80 to the usual port of the protocol, or equal ports',
      fix: 'let the application call the port that the host knows, or list the hosts',
    });
  }
  const tcp = ports.find(({ kind }) => kind === 'tcp');
  if (tcp) {
    throw new EgressError('HostWildcard', scope, {
      what: 'a TCP connection carries no host name, so there is nothing that a wildcard could match',
      given: `${given}, TCP port ${tcp.port}`,
      allowed: 'exact names on TCP ports; wildcards for HTTP and TLS',
      fix: 'list the hosts that are called',
    });
  }
}

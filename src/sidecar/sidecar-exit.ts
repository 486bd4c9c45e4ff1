import { Construct } from 'constructs';
import { directHop } from './direct-hop';
import { ClientHop } from '../client/client-hop';
import { httpPorts } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { EgressError } from '../errors';
import { Declaration } from '../exit/declaration';
import { EgressExit } from '../exit/egress-exit';
import { Mesh } from '../mesh/mesh';
import { calledAuthority, ownAuthority } from '../upstream/authorities';
import { beyondLookup, WITH_LOOKUP } from '../upstream/looked-up';

/**
 * The caller's own sidecar as the exit: calls go straight out, without a gateway. **Nothing is enforced**: the sidecar runs in
 * the caller's pod, so that a workload can get round it, every workload of a client's namespace may call, and no identity is
 * checked anywhere. What it gives are known hosts under REGISTRY_ONLY, TLS origination, timeouts, retries and header rules.
 *
 * @example
 * new TlsOriginationEgress(chart, 'Weather', {
 *   hosts: ['weather.example.com'],
 *   exit: new SidecarExit(),
 *   clients: [EgressClient.namespace('shop')],
 * });
 */
export class SidecarExit extends EgressExit {
  public readonly exitName = 'sidecar';
  public readonly namespace = '';
  /** @internal */
  public readonly _kind = 'sidecar';
  /** @internal */
  public readonly _isOwned = false;

  public constructor() {
    super();
  }

  /** @internal */
  public _grant(_declaration: Declaration): void {
    // There is nothing to grant: no proxy but the caller's own sees the calls.
  }

  /** @internal */
  public _lead(scope: Construct, declaration: Declaration): ClientHop[] {
    checkCarries(declaration);
    const namespaces = declaration.clients.map(({ namespaceName }) => namespaceName!);
    return namespaces.map((namespace) => directHop(scope, declaration, namespace));
  }

  /** @internal */
  public _address(): undefined {
    // A sidecar is its caller's own.
  }

  /** @internal */
  public _tellsCalledName({ ports }: Declaration): boolean {
    return httpPorts(ports).some((port) => calledAuthority('', port) !== ownAuthority('', port));
  }
}

/**
 * What a sidecar cannot promise or do.
 * @throws ExitCannotCarry, HostWildcard, VersionUnsupported
 */
function checkCarries(declaration: Declaration): void {
  const { scope, clients, ports, rules } = declaration;
  const refuse = (what: string, given: unknown, allowed: string, fix: string): never => {
    throw new EgressError('ExitCannotCarry', scope, { what, given, allowed, fix });
  };
  const narrow = clients.find(
    (client) => client.serviceAccountName !== undefined || client.namespaceName === undefined,
  );
  if (narrow) {
    refuse(
      'nothing checks who calls: the routes hold for every workload of a namespace',
      String(narrow),
      'EgressClient.namespace',
      'name the whole namespace, or use an EgressGateway, which checks service accounts',
    );
  }
  if (rules.length > 0) {
    refuse(
      "rules would be kept by the caller's own sidecar, or not",
      `${rules.length} rules`,
      'no `rules`',
      'use an EgressGateway, which enforces them',
    );
  }
  const credential = httpPorts(ports).find(({ tls }) => tls?.credentialName !== undefined);
  if (credential) {
    refuse(
      "a sidecar without a workload selector sends plaintext where its rule names a credential, and the credential would lie in the caller's namespace",
      credential.tls!.credentialName,
      "UpstreamTls.simple() with the system's CAs",
      'use an EgressGateway for client certificates and private CAs',
    );
  }
  const range = declaration.addresses?.find((address) => address.includes('/'));
  if (range !== undefined && declaration.upstream.resolution !== 'STATIC') {
    refuse(
      'Istio takes ranges of addresses only for hosts that it need not look up',
      range,
      'single IP addresses, or `endpoints` that are all IP addresses',
      'list the addresses, or set `endpoints`',
    );
  }
  const wildcard = declaration.hosts.find(isWildcard);
  if (wildcard && !declaration.upstream.endpoints) checkDynamic(wildcard, declaration);
}

/** Names that are looked up when a call comes. */
function checkDynamic(given: string, declaration: Declaration): void {
  const { scope } = declaration;
  if (!Mesh.of(scope)._version.atLeast(1, 30)) {
    throw new EgressError('VersionUnsupported', scope, {
      what: 'sidecars look up the names below a wildcard (DYNAMIC_DNS) only in newer versions of Istio',
      given,
      allowed: 'Istio 1.30 or newer, or `endpoints`',
      fix: 'list the hosts that are called, or set `istioVersion` if the mesh is newer',
    });
  }
  const beyond = beyondLookup(declaration);
  if (beyond !== undefined) {
    throw new EgressError('HostWildcard', scope, {
      what: 'names below a wildcard are looked up for HTTP, by the Host header, and for TLS of the application, by its server name; nothing else is known of them, and Istio ignores how to connect',
      given: `${given}, ${beyond}`,
      allowed: WITH_LOOKUP,
      fix: 'list the hosts that are called, or set `endpoints`',
    });
  }
}

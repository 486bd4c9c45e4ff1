import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { AccountPolicy } from './access/account-policy';
import { ClientHop } from '../client/client-hop';
import { ClientPolicy } from './access/client-policy';
import { checkAuthorization, OpaAuthorization, OpaPolicy } from './access/opa-authorization';
import { OpenPolicy } from './access/open-policy';
import { EgressGatewayProps, EGRESS_GATEWAY } from './egress-gateway-props';
import { ownGatewayAddress } from './gateway-address';
import { GatewayHost, IGatewayHost } from './gateway-host';
import { GatewayHosts } from './gateway-hosts';
import { checkCarries, checkNamed, checkTargetPorts } from './gateway-limits';
import { gatewayServers, ServedHost } from './gateway-servers';
import { EgressGatewayAttributes, ImportedEgressGateway } from './imported-egress-gateway';
import { leadToGateway } from './lead-to-gateway';
import { gatewaySize } from './pods/gateway-size';
import { GatewayInstallation, GatewayWorkload } from './pods/gateway-workload';
import { ProbeRoute } from './probe-route';
import { AuthorizationPolicySpec } from '../../imports/security.istio.io';
import { Declaration, namesCredentials } from '../exit/declaration';
import { exitLabel } from '../naming';
import { checkOptions, pathOf } from '../options';
import { checkPlacement } from './pods/gateway-pod-options';
import { ResolvedProbe, resolveProbe } from './pods/upstream-probe';
import { noteRewrites, rewrittenHosts } from './rewritten-hosts';
import { markInstallation } from '../app/installation-parts';
import { markExit } from '../app/marks';
import { GatewayDestinationRules } from '../client/gateway-destination-rules';
import { httpPorts, identifiedPorts, opaquePorts, openPorts } from '../destination/egress-port';
import { isWildcard } from '../destination/host-names';
import { EgressError } from '../errors';
import { DEFAULT_EXIT, OwnGatewayAddress } from '../exit/address';
import { EgressExit } from '../exit/egress-exit';
import { GatewayPods } from './pods/gateway-pods';
import { istioOperator } from './pods/istio-operator';
import { ObservedPolicies } from '../exit/owned/observed-policies';
import { OwnedExit } from '../exit/owned/owned-exit';
import { ObjectKind, objectsOf } from '../mesh/manifest';
import { Mesh } from '../mesh/mesh';
import { Plain } from '../mesh/plain';

/**
 * An egress gateway: pods of its own through which declared calls leave the mesh. What is not granted is refused: the
 * gateway takes only mutual TLS of the mesh, only routes of its own namespace bind to it, and its policies allow by name.
 *
 * @example
 * const gateway = new EgressGateway(chart, 'Exit', { namespace: 'istio-egress' });
 * new TlsOriginationEgress(chart, 'Stripe', {
 *   hosts: ['api.stripe.com'],
 *   exit: gateway,
 *   clients: [EgressClient.serviceAccount('payments', 'checkout')],
 * });
 *
 * // For an app in another repo, which declares the same through EgressGateway.imported().
 * gateway.grant('Mail', {
 *   hosts: ['smtp.example.com'],
 *   ports: [EgressPort.tcp(587)],
 *   clients: [EgressClient.serviceAccount('shop', 'mailer')],
 * });
 */
export class EgressGateway extends OwnedExit {
  /**
   * A gateway that another app makes. Declarations through it make the client hop only; the owner of the gateway grants
   * them, with `grant`.
   *
   * @throws NameSyntax, OutOfRange, LabelSyntax, OptionUnknown, WrongType
   */
  public static imported(attributes: EgressGatewayAttributes = {}): EgressExit {
    return new ImportedEgressGateway(attributes);
  }

  /** @internal */
  public readonly _kind = 'gateway';
  /** The server that clients connect to. */
  public readonly gateway: ApiObject;
  /** Refuses what no grant allows, also while nothing is granted yet. */
  public readonly authorizationPolicy: ApiObject;
  /** The pods' Deployment; undefined for pods that exist already. */
  public readonly deployment?: ApiObject;
  /** The Service in front of the pods; undefined for pods that exist already. */
  public readonly service?: ApiObject;
  /** The pods' identity; undefined for pods that exist already. */
  public readonly serviceAccount?: ApiObject;

  /** How all sidecars connect for HTTP; undefined for pods behind one Service for everything, where each client namespace has a rule. */
  public readonly destinationRule?: ApiObject;

  private readonly address: OwnGatewayAddress;
  private readonly pods?: GatewayPods;
  private readonly podsExist: boolean;
  private readonly hosts: GatewayHosts;
  private readonly destinationRules: GatewayDestinationRules;
  private readonly policies: Construct;

  /**
   * @throws NameSyntax, LabelSyntax, QuantitySyntax, OutOfRange, ProbeSyntax, MetadataReserved, ExitInRootNamespace,
   * ExitCannotCarry, OptionUnknown, WrongType, and for the host of a forward proxy HostSyntax, HostWildcard, HostIpAddress,
   * HostInCluster, NotInline, NotOutside
   */
  public constructor(scope: Construct, id: string, props: EgressGatewayProps = {}) {
    props = checkOptions(pathOf(scope, id), props, EGRESS_GATEWAY);
    super(scope, id, props, { name: DEFAULT_EXIT, namespace: DEFAULT_EXIT });
    const mesh = Mesh.of(this);
    this.address = ownGatewayAddress(this, this, props);
    markExit(this, { namespace: this.namespace, selector: this.address.selector });
    markInstallation(this, { closes: mesh, gatewaysIn: mesh });

    const object = (kind: ObjectKind, spec: () => unknown) =>
      objectsOf(this, this.address)({ kind, name: this.exitName, spec });
    // First, so that it is applied first: from then on, nothing is open that is not granted.
    this.authorizationPolicy = object(
      'AuthorizationPolicy',
      () =>
        // A policy without rules allows nothing; each grant adds what it allows.
        ({ selector: { matchLabels: this.address.selector } }) satisfies Plain<AuthorizationPolicySpec>,
    );
    const probe = props.upstreamProbe === undefined ? undefined : resolveProbe(this, props.upstreamProbe);
    const authorization = checkAuthorization(this, props.authorization);
    this.gateway = object('Gateway', () => gatewayServers(this.address, this.hosts.all));
    this.pods = this.makePods(props, probe);
    this.podsExist = props.workload?._existing !== undefined;
    this.deployment = this.pods?.deployment;
    this.service = this.pods?.service;
    this.serviceAccount = this.pods?.serviceAccount;
    this.destinationRules = new GatewayDestinationRules(this, 'GatewayDestinationRules', this.address);
    this.destinationRule = this.destinationRules.find();
    this.hosts = new GatewayHosts(this, 'Hosts', this.address);
    if (probe) new ProbeRoute(this, 'Probe', this.address, probe, () => this.hosts.all.find(canBeProbed));
    if (authorization) this.ask(authorization);
    this.policies = new Construct(this, 'Policies');
    this.openToObserved();
  }

  /**
   * The policy that lets a namespace's clients through, for JSON patches.
   *
   * @param namespace The clients' namespace; undefined for `EgressClient.anyInMesh()`
   * @throws NotDeclared if nothing is granted there
   */
  public clientPolicy(namespace?: string): ApiObject {
    const policy = ClientPolicy.find(this.policies, namespace);
    if (policy) return policy.authorizationPolicy;
    throw new EgressError('NotDeclared', this, {
      what: 'nothing is granted to this namespace',
      given: namespace,
      allowed:
        this.policies.node.children.map((child) => child.node.id).join(', ') || 'nothing: nothing is granted yet',
      fix: 'declare a client of the namespace before asking for its policy',
    });
  }

  /**
   * How a namespace's clients connect for TLS passthrough and TCP, with a subset for each port of a host; for pods behind one
   * Service for everything also how they connect for HTTP. For JSON patches.
   *
   * @param namespace The clients' namespace
   * @throws NotDeclared if no client of the namespace needs one
   */
  public clientDestinationRule(namespace: string): ApiObject {
    const rule = this.destinationRules.find(namespace);
    if (rule) return rule;
    throw new EgressError('NotDeclared', this, {
      what: 'no client of this namespace connects by a rule of its own',
      given: namespace,
      allowed: 'a namespace with clients of TLS passthrough or TCP',
      fix: 'for HTTP, `destinationRule` of the exit is for everybody',
    });
  }

  /**
   * The objects that let a granted host be reached, for JSON patches.
   * @throws NotDeclared if no declaration sends the host through this gateway; HostSyntax, HostWildcard, HostIpAddress,
   * HostInCluster, NotInline, NotOutside for what is no host
   */
  public host(host: string): IGatewayHost {
    return this.hosts.find(host);
  }

  /** @internal */
  protected _checkCarries(declaration: Declaration): void {
    checkCarries(this.address, declaration);
  }

  /** @internal */
  public _grant(declaration: Declaration): void {
    checkTargetPorts(this.address, declaration);
    const { hosts, ports, clients } = declaration;
    checkNamed(declaration);
    if (this.podsExist) noteRewrites(this.address, declaration);
    this.hosts.admit(declaration);
    this.destinationRules.admit(declaration);
    const namesServers = identifiedPorts(ports).length > 0;
    for (const client of clients) {
      // Servers decide about service accounts by themselves.
      if (httpPorts(ports).length > 0 || (namesServers && !client.serviceAccountName)) {
        ClientPolicy.for(this.policies, this.address, client, this.hosts).allow(client, declaration);
      }
    }
    if (namesServers && clients.some(({ serviceAccountName }) => serviceAccountName)) this.admitAccounts();
    if (opaquePorts(ports).length > 0) this.pods?.listenForOpaque();
    if (openPorts(ports).length > 0) hosts.forEach((host) => this.open(host));
    if (namesCredentials(declaration)) this.pods?.readSecrets();
  }

  /**
   * What stands beside it for a host, for a waypoint that serves the host as well. Without a client of its own, the gateway
   * lets nobody there.
   * @internal
   */
  public _share(declaration: Declaration, host: string): GatewayHost {
    this.hosts.add({ ...declaration, hosts: [host] });
    return this.hosts.find(host) as GatewayHost;
  }

  /** @internal */
  public _lead(scope: Construct, declaration: Declaration): ClientHop[] {
    return leadToGateway(scope, this.address, declaration, this);
  }

  /** @internal */
  public _address(): OwnGatewayAddress {
    return this.address;
  }

  /** @internal */
  public _tellsCalledName(declaration: Declaration): boolean {
    return this.podsExist && rewrittenHosts(declaration).length > 0;
  }

  /** @throws ExitCannotCarry for what only pods of this app can have */
  private makePods({ workload, authorization }: EgressGatewayProps, probe?: ResolvedProbe): GatewayPods | undefined {
    const options = (workload ?? GatewayWorkload.managed())._managed;
    const opa = authorization?._sidecar;
    if (!options) {
      if (probe || opa) refuseOnExisting(this, probe ? 'upstreamProbe' : 'OpaAuthorization.sidecar');
      return undefined;
    }
    const spec = {
      gateway: this.address,
      size: gatewaySize(this, options),
      options: checkPlacement(this, options),
      probe,
      opa,
    };
    if (options.installation !== GatewayInstallation.ISTIO_OPERATOR) return new GatewayPods(this, 'Pods', spec);
    const carriesOpaque = () => this.hosts.all.some(({ ports }) => opaquePorts(ports).length > 0);
    const content = () => istioOperator(spec, Mesh.of(this), carriesOpaque());
    markInstallation(this, { operator: { name: exitLabel(this), content } });
    return undefined;
  }

  private ask(authorization: OpaAuthorization): void {
    if (this.address.targetPorts.http === undefined) refuseOnExisting(this, 'authorization without `httpTargetPort`');
    const { extensionProvider } = new OpaPolicy(this, 'Opa', this.address, authorization);
    markInstallation(this, { extensionProvider });
  }

  /** HTTP alone: a policy with hosts does not hold for connections, whose servers stay as they are. */
  private openToObserved(): void {
    const { selector, targetPorts } = this.address;
    const ports = targetPorts.http === undefined ? undefined : [`${targetPorts.http}`];
    const target = { selector: { matchLabels: selector } };
    new ObservedPolicies(this, 'Observed', { ...this.address, target, operation: { hosts: ['*'], ports } });
  }

  private admitAccounts(): void {
    if (!this.node.tryFindChild('Accounts')) new AccountPolicy(this, 'Accounts', this.address);
  }

  private open(host: string): void {
    const existing = this.node.tryFindChild('WithoutIdentity') as OpenPolicy | undefined;
    (existing ?? new OpenPolicy(this, 'WithoutIdentity', this.address, this.hosts)).open(host);
  }
}

/** A host that the probe can ask. */
function canBeProbed({ host, ports }: ServedHost): boolean {
  return !isWildcard(host) && httpPorts(ports).length > 0;
}

function refuseOnExisting(scope: Construct, given: string): never {
  throw new EgressError('ExitCannotCarry', scope, {
    what: "the exit's pods exist already, and this needs a change to them or to know their ports",
    given,
    allowed: 'GatewayWorkload.managed(), or OpaAuthorization.service with `httpTargetPort`',
    fix: 'let this library make the pods, or leave it out',
  });
}

import { ApiObject, ApiObjectMetadata, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ClientHop } from './client-hop';
import { Declaration, declare } from './declaration';
import { IEgressExit } from './egress-exit';
import { EgressGrantOptions } from './egress-gateway';
import { IExitHop } from './exit-hop';
import { DEFAULT_EXIT, GatewayHandle } from './gateway-handle';
import { GatewayHosts } from './gateway-hosts';
import { checkCarries, checkNamed, checkTargetPorts } from './gateway-limits';
import { gatewayServers } from './gateway-servers';
import { checkExisting } from './gateway-workload';
import { leadToGateway } from './lead-to-gateway';
import { SharedHostPolicy } from './shared-host-policy';
import { describeGateway, markNote, markSummary } from './summary';
import { isWildcard } from '../destination/host';
import { EgressError } from '../errors';
import { checkMetadata, manifest } from '../mesh/manifest';
import { Mesh } from '../mesh/mesh';
import { checkName } from '../naming';
import { checkTree } from '../validation/check-tree';

/** Properties of a gateway that others use as well. */
export interface SharedEgressGatewayProps {
  /**
   * Name of this library's objects on the gateway, as a team's own name. The Gateway object is called so.
   * @default "istio-egress"
   */
  readonly name?: string;

  /**
   * Namespace of the gateway's pods and Service.
   * @default - the chart's namespace, or "istio-egress" if it has none
   */
  readonly namespace?: string;

  /** Labels that select the gateway's pods. */
  readonly labels: { [key: string]: string };

  /** Name of the Service in front of the pods. */
  readonly service: string;

  /**
   * Port of that Service for HTTP calls of this library's declarations. No other Gateway may have a server on it: of an HTTP
   * and an HTTPS server on one port Istio skips the newer. Its name must begin with "http".
   */
  readonly httpPort: number;

  /** Port on which the pods listen for `httpPort`. Policies are limited to it, and do nothing if it is wrong. */
  readonly httpTargetPort: number;

  /**
   * Port of that Service for TLS passthrough and TCP. Other TLS servers may share it. Its name must begin with "tls" or "https".
   * @default 443
   */
  readonly tlsPort?: number;

  /** Port on which the pods listen for `tlsPort`. */
  readonly tlsTargetPort: number;

  /**
   * Labels and annotations for the objects beside the gateway.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * A gateway on which somebody else's egress lives as well, and goes on as it is. Only for a time of transition: the gateway
 * lets out what its other users let out, and **what is not granted here is not refused here**. Each granted host refuses
 * everybody but its clients; all settings stand in subsets and on a port of their own, so that nothing of the others changes.
 *
 * What must hold cannot be seen from here and is printed by `Egress.describe`; the preflight command looks for it in a dump of
 * the cluster.
 */
export class SharedEgressGateway extends Construct implements IEgressExit {
  /** @internal */
  public readonly _grantsHere = true;
  public readonly exitName: string;
  public readonly namespace: string;
  /** The servers of this library's declarations. */
  public readonly gateway: ApiObject;

  private readonly handle: GatewayHandle;
  private readonly hosts: GatewayHosts;
  private readonly grants: Construct;
  private readonly policies: Construct;

  /** @throws NameSyntax, LabelSyntax, PortRange, MetadataReserved */
  public constructor(scope: Construct, id: string, props: SharedEgressGatewayProps) {
    super(scope, id);
    checkTree(this);
    const { labels, service, httpPort, httpTargetPort, tlsPort = 443, tlsTargetPort } = props;
    checkExisting(this, { labels, service, httpPort, httpTargetPort, tlsPort, tlsTargetPort });
    this.exitName = checkName(this, 'name', props.name ?? DEFAULT_EXIT);
    this.namespace = checkName(this, 'namespace', props.namespace ?? Chart.of(this).namespace ?? DEFAULT_EXIT);
    const host = `${service}.${this.namespace}.svc.${Mesh.of(this).clusterDomain}`;
    this.handle = {
      exitName: this.exitName,
      namespace: this.namespace,
      http: { host, port: httpPort },
      opaque: { host, port: tlsPort },
      shared: true,
      targetPorts: { http: httpTargetPort, opaque: tlsTargetPort },
      selector: labels,
      metadata: checkMetadata(this, props.metadata),
    };
    const { namespace, exitName: name, metadata } = this.handle;
    this.gateway = manifest(this, 'Gateway', {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      namespace,
      name,
      metadata,
      spec: () => gatewayServers(this.handle, this.hosts.hops),
    });
    this.hosts = new GatewayHosts(this, 'Hosts', this.handle);
    this.grants = new Construct(this, 'Grants');
    this.policies = new Construct(this, 'Policies');
    for (const line of this.preconditions()) markNote(this, line);
  }

  /** As `EgressGateway.grant`. @throws what a declaration can throw, see `Egress` */
  public grant(id: string, options: EgressGrantOptions): void {
    const scope = new Construct(this.grants, id);
    const declaration = declare(scope, options);
    checkCarries(this.handle, declaration);
    this._grant(declaration);
    markSummary(scope, this, declaration);
  }

  /** The objects that let a granted host be reached, for JSON patches. @throws NotDeclared */
  public host(host: string): IExitHop {
    return this.hosts.find(host);
  }

  /** @internal */
  public get _owned(): Construct {
    return this;
  }

  /** @internal */
  public _grant(declaration: Declaration): void {
    checkShared(declaration);
    checkTargetPorts(this.handle, declaration);
    checkNamed(declaration);
    this.hosts.admit(declaration);
    if (!SharedHostPolicy.isNeeded(declaration)) return;
    for (const host of declaration.hosts) SharedHostPolicy.for(this.policies, this.handle, host).allow(declaration);
  }

  /** @internal */
  public _lead(scope: Construct, declaration: Declaration): ClientHop[] {
    return leadToGateway(scope, this.handle, declaration, this);
  }

  /** @internal */
  public _reach(): GatewayHandle {
    return this.handle;
  }

  /** @internal */
  public _describe(declaration: Declaration): string {
    return `${describeGateway(this, declaration)}, shared with others`;
  }

  private preconditions(): string[] {
    const { http, opaque, targetPorts } = this.handle;
    return [
      `Service ${http.host} has port ${http.port} (name "http…", targetPort ${targetPorts.http}) for these declarations alone`,
      `Service ${opaque.host} has port ${opaque.port} (name "tls…" or "https…", targetPort ${targetPorts.opaque})`,
      `no namespace of a client has a DestinationRule of its own for ${http.host}: it would take the place of ours (503)`,
      `no AuthorizationPolicy of action ALLOW selects the pods, unless it lets these clients through as well`,
    ].map((line) => `${this.node.path}: needs that ${line}`);
  }
}

/**
 * What can only be promised on a gateway of one's own.
 * @throws ExitCannotCarry
 */
function checkShared({ scope, hosts, ports, rules }: Declaration): void {
  const given =
    hosts.find(isWildcard) ??
    (rules.length > 0 ? `${rules.length} rules` : undefined) ??
    ports.find((port) => port.kind !== 'http' && !port.identified)?.port;
  if (given === undefined) return;
  throw new EgressError('ExitCannotCarry', scope, {
    what: 'on a gateway that others use, each host refuses everybody but its clients; rules, wildcards and ports without identity cannot be put so',
    given,
    allowed: 'exact hosts, without `rules`',
    fix: 'use an EgressGateway',
  });
}

import { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { checkIngressGateway, IngressGateway } from './ingress-gateway';
import { checkServedPaths, servedPath } from './served-paths';
import {
  GatewaySpecServers,
  GatewaySpec,
  VirtualServiceSpec,
  VirtualServiceSpecHttp,
} from '../../imports/networking.istio.io';
import { markInstallation } from '../app/installation-parts';
import { markIngressHost } from '../app/marks';
import { recordNote } from '../app/records';
import { portText } from '../app/report/lines';
import { reportOpenPort } from '../app/report/reported-port';
import { checkTree } from '../app/validation/check-tree';
import { OF_INGRESS } from '../app/validation/ingress';
import { EGRESS_HOSTS, EgressHosts } from '../destination/egress-destination';
import {
  checkPorts,
  EgressPort,
  httpPorts,
  opaquePorts,
  ResolvedPort,
  upstreamProtocol,
} from '../destination/egress-port';
import { checkHosts } from '../destination/host';
import { isWildcard } from '../destination/host-names';
import { HttpPort } from '../destination/http-port';
import { resolveUpstream, Upstream } from '../destination/upstream';
import { EgressError } from '../errors';
import { ACCOUNTABILITY, Accountability, checkAccountability, writeAccountability } from '../exit/accountability';
import { hostInName } from '../exit/names';
import { checkMetadata, ObjectKind, objectsOf } from '../mesh/manifest';
import { Mesh } from '../mesh/mesh';
import { OutboundTrafficPolicy } from '../mesh/mesh-settings';
import { Plain } from '../mesh/plain';
import { checkName, dottedName, joinName } from '../naming';
import { checkEnum, checkOptions, Options } from '../options';
import { PATH_HEADERS } from '../policy/path-form';
import { authorityOnAnyPort } from '../upstream/authorities';
import { needsDestinationRule, upstreamDestinationRule } from '../upstream/destination-rule';
import { routesTo } from '../upstream/routes';
import { upstreamServiceEntry } from '../upstream/service-entry';

/** How workloads inside the mesh reach hosts that are served to callers outside. */
export enum MeshAccess {
  /**
   * As callers outside do, or not at all: whoever reaches the ingress gateway's Service calls like anybody else. Sidecars do not
   * know the hosts themselves, and under REGISTRY_ONLY refuse what they do not know; under ALLOW_ANY that cannot be promised, and
   * is an error. An `EgressGuard` keeps its namespaces away from the ingress gateway; `networking.istio.io/exportTo: "."` on the
   * gateway's Service keeps every sidecar away, unless a team leads its own sidecars there by a ServiceEntry.
   */
  AS_OUTSIDE = 'AS_OUTSIDE',

  /** Straight from their sidecars, every workload of the mesh. */
  OPEN_TO_MESH = 'OPEN_TO_MESH',
}

/** External hosts that an ingress gateway serves under their own names. */
export interface IngressProxyProps extends EgressHosts, Accountability {
  /** The ingress gateway. */
  readonly ingress: IngressGateway;

  /**
   * How callers outside speak, on the ingress gateway's ports: `EgressPort.http` or `.tlsOrigination` on its HTTP port,
   * `.tlsPassthrough` on its HTTPS port.
   */
  readonly ports: EgressPort[];

  /**
   * Paths that are served, each with everything below it, as "/status"; others are answered with 404. For HTTP. So are paths
   * that the host could read as others than the gateway did: with empty segments, ";", or percent-encoded "/", "\\", "." and the
   * like.
   * @default - every path
   */
  readonly paths?: string[];

  /**
   * How workloads inside the mesh reach the hosts.
   * @default MeshAccess.AS_OUTSIDE
   */
  readonly meshAccess?: MeshAccess;

  /**
   * Labels and annotations for the objects.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;

  /**
   * Takes the place of the construct path in the names of the objects.
   * @default - the path of the construct, in kebab case
   */
  readonly name?: string;
}

const INGRESS_PROXY: Options<IngressProxyProps> = {
  ...EGRESS_HOSTS,
  ...ACCOUNTABILITY,
  ingress: 'checked',
  ports: 'checked',
  paths: 'list',
  meshAccess: 'checked',
  metadata: 'checked',
  name: 'checked',
};

/**
 * Istio as a proxy in front of external services, for callers outside the mesh: the ingress gateway serves the hosts under
 * their own names, HTTP by Host header and TLS by server name, and sends the calls on.
 *
 * @example
 * new IngressProxy(chart, 'Status', {
 *   hosts: ['status.example.com'],
 *   ports: [EgressPort.tlsOrigination()],
 *   paths: ['/status'],
 *   ingress: IngressGateway.imported(),
 * });
 */
export class IngressProxy extends Construct {
  /** The ingress gateway's servers. */
  public readonly gateway: ApiObject;
  /** Where the hosts are, one for each. */
  public readonly serviceEntries: ApiObject[] = [];
  /** The routes from the ingress gateway, one for each host. */
  public readonly virtualServices: ApiObject[] = [];
  /** How the ingress gateway connects, one for each host with HTTP. */
  public readonly destinationRules: ApiObject[] = [];

  private readonly props: IngressProxyProps;
  private readonly name: string;
  private readonly ports: ResolvedPort[];
  private readonly upstream: Upstream;
  private readonly paths?: string[];
  private readonly metadata?: ApiObjectMetadata;

  /**
   * @throws HostsMissing, HostSyntax, HostWildcard, HostIpAddress, HostInCluster, NotInline, NotOutside, PortsMissing, OutOfRange,
   * PortConflict, EndpointSyntax, HttpRuleSyntax, HeaderSyntax, CredentialNamespace, OtherApp,
   * SubjectAltNameSyntax, ResolutionNone, ExitCannotCarry, WrongType, OptionUnknown, MetadataReserved, NameSyntax,
   * AccountabilitySyntax
   */
  public constructor(scope: Construct, id: string, props: IngressProxyProps) {
    super(scope, id);
    checkTree(this, OF_INGRESS);
    props = checkOptions(this, props, INGRESS_PROXY);
    this.props = props;
    checkIngressGateway(this, 'ingress', props.ingress);
    const { name } = props;
    this.name = name === undefined ? joinName(this, ...this.node.path.split('/')) : checkName(this, 'name', name);
    const hosts = checkHosts(this, props.hosts);
    this.ports = checkPorts(this, props.ports, props.ingress.namespace);
    this.upstream = resolveUpstream(this, props);
    this.paths = props.paths === undefined ? undefined : checkServedPaths(this, props.paths, this.ports);
    this.metadata = checkMetadata(this, props.metadata);
    const accountability = checkAccountability(this, props);
    checkEnum(this, 'meshAccess', props.meshAccess ?? MeshAccess.AS_OUTSIDE, ['MeshAccess', MeshAccess]);
    this.checkCarries(hosts);
    this.gateway = this.networking(
      'Gateway',
      this.name,
      () =>
        ({
          selector: props.ingress.labels,
          servers: this.ports.map((port) => server(port, hosts)),
        }) satisfies Plain<GatewaySpec>,
    );
    for (const host of hosts) this.serve(host);
    const publicServiceEntries = props.meshAccess === MeshAccess.OPEN_TO_MESH ? props.ingress.namespace : undefined;
    markInstallation(this, { closes: Mesh.of(this), publicServiceEntries });
    const { serviceEntries, destinationRules, virtualServices } = this;
    writeAccountability(accountability, [this.gateway, ...serviceEntries, ...destinationRules, ...virtualServices]);
    recordNote(this, this.describe(hosts), accountability);
  }

  private get isOpenToMesh(): boolean {
    return this.props.meshAccess === MeshAccess.OPEN_TO_MESH;
  }

  private describe(hosts: string[]): string {
    const { namespace } = this.props.ingress;
    const access = this.isOpenToMesh ? 'open to the whole mesh' : 'unknown to sidecars';
    const how = this.ports.map((port) => portText(reportOpenPort(port))).join('; ');
    const paths = this.paths ? `, only ${this.paths.join(', ')}` : '';
    return `anybody outside → ingress gateway in ${namespace} → ${hosts.join(', ')} (${how})${paths}, ${access}`;
  }

  private serve(host: string): void {
    const mark = new Construct(this, host);
    const { namespace, labels } = this.props.ingress;
    markIngressHost(mark, { namespace, selector: labels, host });
    const name = dottedName(this.name, hostInName(host));
    const exportTo = this.isOpenToMesh ? ['*'] : ['.'];
    const http = httpPorts(this.ports);
    this.serviceEntries.push(
      this.networking('ServiceEntry', name, () =>
        upstreamServiceEntry(host, this.upstream, this.upstreamPorts(), { exportTo }),
      ),
    );
    if (needsDestinationRule(this.upstream, this.ports)) {
      this.destinationRules.push(
        this.networking('DestinationRule', name, () => upstreamDestinationRule(host, this.upstream, http, exportTo)),
      );
    }
    this.virtualServices.push(
      this.networking(
        'VirtualService',
        name,
        () =>
          ({
            exportTo: ['.'],
            gateways: [this.name],
            hosts: [host],
            http: http.length > 0 ? http.flatMap((port) => this.httpRoutes(host, port)) : undefined,
            tls: this.tlsRoutes(host),
          }) satisfies Plain<VirtualServiceSpec>,
      ),
    );
  }

  private httpRoutes(host: string, port: HttpPort): VirtualServiceSpecHttp[] {
    const ports = httpPorts(this.ports);
    // Callers may name a port of the load balancer's. What else could stand behind the name, the host would read as another one.
    const called = { port: port.port, authority: { regex: authorityOnAnyPort(host) } };
    if (!this.paths) return routesTo(host, port, ports, called);
    const { request, response } = port.headers;
    const headers = { request: { ...request, remove: [...(request.remove ?? []), ...PATH_HEADERS] }, response };
    return this.paths.flatMap((path) =>
      routesTo(host, { ...port, headers }, ports, { ...called, uri: { regex: servedPath(path) } }),
    );
  }

  private tlsRoutes(host: string) {
    const ports = opaquePorts(this.ports);
    if (ports.length === 0) return undefined;
    return ports.map(({ port, upstreamPort }) => ({
      match: [{ port, sniHosts: [host] }],
      route: [{ destination: { host, port: { number: upstreamPort } } }],
    }));
  }

  private upstreamPorts() {
    const upstream = new Map(this.ports.map((port) => [port.upstreamPort, upstreamProtocol(port)]));
    return [...upstream].map(([number, protocol]) => ({
      name: `${protocol.toLowerCase()}-${number}`,
      number,
      protocol,
    }));
  }

  private checkCarries(hosts: string[]): void {
    const refuse = (what: string, given: unknown, allowed: string, fix: string): never => {
      throw new EgressError('ExitCannotCarry', this, { what, given, allowed, fix });
    };
    const tcp = this.ports.find(({ kind }) => kind === 'tcp');
    if (tcp) {
      refuse(
        'a TCP connection names no host, so that an ingress gateway could serve only one on a port, to everybody',
        `TCP port ${tcp.port}`,
        'HTTP and TLS passthrough',
        'use another way in for it',
      );
    }
    const wildcard = hosts.find(isWildcard);
    if (wildcard && !this.upstream.endpoints) {
      throw new EgressError('HostWildcard', this, {
        what: 'a gateway cannot look up a name that it first hears in a call',
        given: wildcard,
        allowed: 'a wildcard with `endpoints`, the server behind all of its names',
        fix: 'list the hosts, or set `endpoints`',
      });
    }
    if (!this.isOpenToMesh && Mesh.of(this).outboundTrafficPolicy === OutboundTrafficPolicy.ALLOW_ANY) {
      refuse(
        'under ALLOW_ANY sidecars send calls to hosts that they do not know straight out, past the ingress gateway',
        'MeshAccess.AS_OUTSIDE',
        'REGISTRY_ONLY, or MeshAccess.OPEN_TO_MESH',
        'set the mesh to REGISTRY_ONLY, or say that the hosts are open',
      );
    }
  }

  private networking(kind: ObjectKind, name: string, spec: () => unknown): ApiObject {
    const { namespace } = this.props.ingress;
    return objectsOf(this, { namespace, metadata: this.metadata })({ id: `${kind} ${name}`, kind, name, spec });
  }
}

/** The server for a port: what callers outside speak there. */
function server(port: ResolvedPort, hosts: string[]): Plain<GatewaySpecServers> {
  const own = hosts.map((host) => `./${host}`);
  const { kind, port: number } = port;
  if (kind === 'http') return { port: { name: `http-${number}`, number, protocol: 'HTTP' }, hosts: own };
  return {
    port: { name: `tls-${number}`, number, protocol: 'TLS' },
    hosts: own,
    tls: { mode: 'PASSTHROUGH' },
  };
}

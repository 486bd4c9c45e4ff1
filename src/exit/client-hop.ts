import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Declaration } from './declaration';
import { GatewayAddress } from './gateway-handle';
import { portsWithServiceEntry } from './gateway-limits';
import { httpRoutes } from './http-routes';
import {
  DestinationRuleSpecTrafficPolicyLoadBalancerSimple,
  DestinationRuleSpecTrafficPolicyTlsMode,
  ServiceEntrySpecResolution,
  toJson_DestinationRuleSpec,
  toJson_ServiceEntrySpec,
  toJson_VirtualServiceSpec,
} from '../../imports/networking.istio.io';
import { HttpPort } from '../destination/egress-port';
import { EgressError } from '../errors';
import { manifest } from '../mesh/manifest';
import { dottedName, exitLabel, joinName, placedName } from '../naming';
import { markClientRoute } from '../validation/marks';

/** The largest number of hosts that the ServiceEntry CRD takes. */
const MAX_HOSTS = 256;

/** Where a client hop stands and whom it leads. */
export interface ClientHopScope {
  readonly namespace: string;
  /** "." leads the workloads of the namespace, "*" those of the whole mesh. */
  readonly exportTo: '.' | '*';
}

/**
 * The objects in a caller's namespace that lead its calls to the exit. They decide nothing: without the exit's grant the
 * calls are refused there, and without these objects the hosts are unknown.
 */
export interface IClientHop {
  /** The namespace whose calls are led. */
  readonly namespace: string;

  /** The route to the exit. */
  readonly virtualService: ApiObject;

  /** Mutual TLS to the exit; one for all declarations of a chart, namespace and exit. */
  readonly destinationRule: ApiObject;

  /**
   * What makes sidecars listen on the ports; undefined for port 80, where a sidecar routes a host by its VirtualService
   * alone. It has no endpoint, so that it opens nothing while the route is not applied yet.
   */
  readonly serviceEntry?: ApiObject;
}

/** Makes a client hop. */
export class ClientHop extends Construct implements IClientHop {
  public readonly namespace: string;
  public readonly virtualService: ApiObject;
  public readonly destinationRule: ApiObject;
  public readonly serviceEntry?: ApiObject;

  public constructor(
    scope: Construct,
    private readonly gateway: GatewayAddress,
    private readonly declaration: Declaration,
    where: ClientHopScope,
  ) {
    super(scope, `client-${where.namespace}`);
    this.namespace = where.namespace;
    const exportTo = [where.exportTo];
    const networking = (kind: string, spec: () => unknown) =>
      manifest(this, kind, {
        apiVersion: 'networking.istio.io/v1',
        kind,
        namespace: where.namespace,
        name: placedName(this, where.namespace, declaration.name),
        metadata: declaration.metadata,
        spec,
      });

    this.virtualService = networking('VirtualService', () =>
      toJson_VirtualServiceSpec({
        exportTo,
        hosts: declaration.hosts,
        http: declaration.ports.flatMap((p) => this.routes(p)),
      }),
    );
    const ports = portsWithServiceEntry(gateway, declaration.ports);
    if (ports.length > 0) {
      this.checkHostCount(ports);
      this.serviceEntry = networking('ServiceEntry', () =>
        toJson_ServiceEntrySpec({
          exportTo,
          hosts: declaration.hosts,
          ports: ports.map(({ port }) => ({ name: `http-${port}`, number: port, protocol: 'HTTP' })),
          resolution: ServiceEntrySpecResolution.STATIC,
        }),
      );
    }
    markClientRoute(this, {
      namespace: where.namespace,
      hosts: declaration.hosts,
      ports: declaration.ports.map(({ port, retries }) => ({
        port,
        leads: JSON.stringify([gateway.serviceHost, gateway.httpPort, retries]),
      })),
    });
    this.destinationRule = hopDestinationRule(Chart.of(scope), gateway, where);
  }

  private routes({ port, retries }: HttpPort) {
    const { serviceHost, httpPort } = this.gateway;
    return httpRoutes(
      { match: { port }, destination: { host: serviceHost, port: { number: httpPort } } },
      retries,
      'connect-failure,refused-stream,reset',
    );
  }

  private checkHostCount(ports: HttpPort[]): void {
    if (this.declaration.hosts.length <= MAX_HOSTS) return;
    throw new EgressError('HostCount', this.declaration.scope, {
      what: `the hosts need a ServiceEntry for port ${ports[0].port}, which takes fewer`,
      given: `${this.declaration.hosts.length} hosts`,
      allowed: `at most ${MAX_HOSTS} hosts in a declaration with another port than 80`,
      fix: 'split the hosts over several declarations',
    });
  }
}

/**
 * Mutual TLS from a namespace to the exit. Istio merges several of these for one Service, but of what stands at the top
 * only the first counts, so all of them are alike and a chart has one.
 */
function hopDestinationRule(chart: Chart, gateway: GatewayAddress, { namespace, exportTo }: ClientHopScope): ApiObject {
  const id = `egress-hop ${namespace} to ${gateway.serviceHost}`;
  const existing = chart.node.tryFindChild(id);
  if (existing) return existing as ApiObject;
  return manifest(chart, id, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    namespace,
    name: dottedName(placedName(chart, namespace, joinName(chart, ...chart.node.path.split('/'))), exitLabel(gateway)),
    spec: () =>
      toJson_DestinationRuleSpec({
        exportTo: [exportTo],
        host: gateway.serviceHost,
        trafficPolicy: {
          connectionPool: { http: { useClientProtocol: true } },
          // By Istio's default, least requests, a pod that has died looks idle and draws every retry.
          loadBalancer: { simple: DestinationRuleSpecTrafficPolicyLoadBalancerSimple.ROUND_UNDERSCORE_ROBIN },
          tls: { mode: DestinationRuleSpecTrafficPolicyTlsMode.ISTIO_UNDERSCORE_MUTUAL },
        },
      }),
  });
}

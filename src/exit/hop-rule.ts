import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { ClientHopScope } from './client-hop';
import { GatewayAddress, ServicePort } from './gateway-handle';
import { hopLabel } from './hop-name';
import { ObjectSize } from './object-size';
import {
  DestinationRuleSpecSubsets,
  DestinationRuleSpecTrafficPolicyLoadBalancerSimple,
  DestinationRuleSpecTrafficPolicyTlsMode as TlsMode,
  toJson_DestinationRuleSpec,
} from '../../imports/networking.istio.io';
import { manifest } from '../mesh/manifest';
import { dottedName, exitLabel, joinName, placedName } from '../naming';

/** What a subset is as JSON, without its names. */
const SUBSET = 100;
/** The subset for bytes that are encrypted already, and go to the exit without mutual TLS around them. */
const BARE_SUBSET = 'without-identity';

/**
 * How a namespace connects to a Service of an exit: by mutual TLS. Istio merges several rules of a namespace for one Service,
 * but of what stands at the top only the first counts, so all of them are alike and a chart has one.
 */
export class HopRule extends Construct {
  /** The rule for a namespace and a Service; made when it is first asked for. */
  public static for(scope: Construct, gateway: GatewayAddress, to: ServicePort, where: ClientHopScope): HopRule {
    const chart = Chart.of(scope);
    const id = `egress-hop ${where.namespace} to ${to.host}`;
    const existing = chart.node.tryFindChild(id) as HopRule | undefined;
    return existing ?? new HopRule(chart, id, gateway, to, where);
  }

  public readonly destinationRule: ApiObject;
  private readonly size = new ObjectSize(
    "the namespace's DestinationRule",
    'split the clients over several namespaces',
  );
  private readonly subsets = new Map<string, { mode: TlsMode; sni?: string }>();

  private constructor(
    chart: Chart,
    id: string,
    private readonly gateway: GatewayAddress,
    private readonly to: ServicePort,
    { namespace, exportTo }: ClientHopScope,
  ) {
    super(chart, id);
    const inChart = placedName(chart, namespace, joinName(chart, ...chart.node.path.split('/')));
    this.destinationRule = manifest(this, 'DestinationRule', {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      namespace,
      name: dottedName(inChart, exitLabel(gateway), ...(to.host === gateway.http.host ? [] : ['tls'])),
      spec: () =>
        toJson_DestinationRuleSpec({
          exportTo: [exportTo],
          host: to.host,
          trafficPolicy: this.ownPolicy(),
          subsets: this.subsets.size > 0 ? this.subsetSpecs() : undefined,
        }),
    });
  }

  /** The subset for what asks the exit for a server name. @throws HostCount */
  public forServerName(sni: string): string {
    return this.add(hopLabel(sni), { mode: TlsMode.ISTIO_UNDERSCORE_MUTUAL, sni });
  }

  /** The subset for what is encrypted already. */
  public withoutIdentity(): string {
    return this.add(BARE_SUBSET, { mode: TlsMode.DISABLE });
  }

  private add(name: string, tls: { mode: TlsMode; sni?: string }): string {
    const isNew = !this.subsets.has(name);
    this.subsets.set(name, tls);
    if (isNew) this.size.add(this, SUBSET + name.length + (tls.sni?.length ?? 0));
    return name;
  }

  private subsetSpecs(): DestinationRuleSpecSubsets[] {
    return [...this.subsets.keys()].sort().map((name) => {
      const trafficPolicy = { tls: this.subsets.get(name)! };
      // Generated twice, for the top and for subsets, with the same values.
      return { name, trafficPolicy: trafficPolicy as unknown as DestinationRuleSpecSubsets['trafficPolicy'] };
    });
  }

  private ownPolicy() {
    return {
      connectionPool: this.to.host === this.gateway.http.host ? { http: { useClientProtocol: true } } : undefined,
      // By Istio's default, least requests, a pod that has died looks idle and draws every retry.
      loadBalancer: { simple: DestinationRuleSpecTrafficPolicyLoadBalancerSimple.ROUND_UNDERSCORE_ROBIN },
      tls: { mode: TlsMode.ISTIO_UNDERSCORE_MUTUAL },
    };
  }
}

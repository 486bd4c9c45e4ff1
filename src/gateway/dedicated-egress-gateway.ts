import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressGateway } from './egress-gateway';
import { EGRESS_GATEWAY, EgressGatewayProps } from './egress-gateway-props';
import { checkHosts } from '../destination/host';
import { EgressError } from '../errors';
import { Declaration } from '../exit/declaration';
import { joinName } from '../naming';
import { Options, splitOptions } from '../options';

/** Properties of a gateway for one upstream. Its name is the construct's id unless `name` says otherwise, and the name of its namespace too, if the chart has none. */
export interface DedicatedEgressGatewayProps extends EgressGatewayProps {
  /** Hosts of the one upstream. Nothing else is let out here. */
  readonly hosts: string[];
}

const HOSTS: Options<Pick<DedicatedEgressGatewayProps, 'hosts'>> = { hosts: 'checked' };

/**
 * An egress gateway for exactly one upstream: what happens to it, or to its upstream, happens to no other. Its pods can follow
 * the health of the upstream (`upstreamProbe`), and an agent of its own can decide about its calls (`authorization`).
 *
 * @example
 * const bank = new DedicatedEgressGateway(chart, 'bank-egress', {
 *   hosts: ['api.bank.example.com'],
 *   upstreamProbe: { path: '/health' },
 * });
 * new TlsOriginationEgress(chart, 'Bank', {
 *   hosts: ['api.bank.example.com'],
 *   exit: bank,
 *   clients: [EgressClient.namespace('payments')],
 * });
 */
export class DedicatedEgressGateway extends EgressGateway {
  private readonly upstreamHosts: string[];

  /** @throws what `EgressGateway` throws, HostsMissing */
  public constructor(scope: Construct, id: string, props: DedicatedEgressGatewayProps) {
    const [rest, { hosts }] = splitOptions(scope, id, props, EGRESS_GATEWAY, HOSTS);
    const name = rest.name ?? joinName(scope, id);
    super(scope, id, { ...rest, name, namespace: rest.namespace ?? Chart.of(scope).namespace ?? name });
    this.upstreamHosts = checkHosts(this, hosts);
  }

  /** @internal */
  public _grant(declaration: Declaration): void {
    const { scope, hosts, upstreamHost } = declaration;
    const other = (upstreamHost === undefined ? hosts : [upstreamHost]).find(
      (host) => !this.upstreamHosts.includes(host),
    );
    if (other) {
      throw new EgressError('ExitCannotCarry', scope, {
        what: 'the gateway is for another upstream alone',
        given: other,
        allowed: this.upstreamHosts.join(', '),
        fix: "add the host to the gateway's `hosts`, or use a gateway of its own for it",
      });
    }
    super._grant(declaration);
  }
}

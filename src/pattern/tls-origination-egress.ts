import { Construct } from 'constructs';
import { Egress, EGRESS_OPTIONS, EgressOptions } from './egress';
import { EgressPort } from '../destination/egress-port';
import { TLS_ORIGINATION_PORT, TlsOriginationPortOptions } from '../destination/http-port';
import { splitOptions } from '../options';

/** HTTP from the application, TLS from the exit on. */
export interface TlsOriginationEgressProps extends EgressOptions, TlsOriginationPortOptions {}

/**
 * HTTP from the application, TLS from the exit on: the application calls `http://`, so that rules and retries can read the
 * call, the hop to the exit is mutual TLS, and the exit speaks TLS to the host and verifies it.
 *
 * @example
 * new TlsOriginationEgress(chart, 'Stripe', {
 *   hosts: ['api.stripe.com'],
 *   exit,
 *   clients: [EgressClient.serviceAccount('payments', 'checkout')],
 *   rules: [HttpRule.allow({ methods: ['GET', 'POST'], paths: ['/v1/*'] })],
 * });
 */
export class TlsOriginationEgress extends Egress {
  /** @throws what `Egress` throws */
  public constructor(scope: Construct, id: string, props: TlsOriginationEgressProps) {
    const [options, port] = splitOptions(scope, id, props, EGRESS_OPTIONS, TLS_ORIGINATION_PORT);
    super(scope, id, { ...options, ports: [EgressPort.tlsOrigination(port)] });
  }
}

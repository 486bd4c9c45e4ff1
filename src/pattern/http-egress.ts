import { Construct } from 'constructs';
import { Egress, EGRESS_OPTIONS, EgressOptions } from './egress';
import { EgressPort } from '../destination/egress-port';
import { HTTP_PORT, HttpPortOptions } from '../destination/http-port';
import { splitOptions } from '../options';

/** Plain HTTP through an exit. */
export interface HttpEgressProps extends EgressOptions, HttpPortOptions {}

/**
 * Plain HTTP through an exit: the hop to the exit is mutual TLS, beyond it the calls go on **unencrypted**. For hosts that
 * speak TLS, `TlsOriginationEgress` encrypts all the way.
 *
 * @example
 * new HttpEgress(chart, 'News', {
 *   hosts: ['news.example.com'],
 *   exit,
 *   clients: [EgressClient.namespace('shop')],
 * });
 */
export class HttpEgress extends Egress {
  /** @throws what `Egress` throws */
  public constructor(scope: Construct, id: string, props: HttpEgressProps) {
    const [options, port] = splitOptions(scope, id, props, EGRESS_OPTIONS, HTTP_PORT);
    super(scope, id, { ...options, ports: [EgressPort.http(port)] });
  }
}

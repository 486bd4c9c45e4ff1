import { Construct } from 'constructs';
import { Egress, EgressOptions } from './egress';
import { EgressPort } from '../destination/egress-port';
import { HttpPortOptions } from '../destination/http-port';

/** Plain HTTP through an exit. */
export interface HttpEgressProps extends EgressOptions, HttpPortOptions {}

/**
 * Plain HTTP through an exit: the hop to the exit is mutual TLS, beyond it the calls go on **unencrypted**. For hosts that
 * speak TLS, `TlsOriginationEgress` encrypts all the way.
 */
export class HttpEgress extends Egress {
  /** @throws what `Egress` throws */
  public constructor(scope: Construct, id: string, props: HttpEgressProps) {
    super(scope, id, { ...props, ports: [EgressPort.http(props)] });
  }
}

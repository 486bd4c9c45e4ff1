import { Construct } from 'constructs';
import { Egress, EgressOptions } from './egress';
import { EgressPort } from '../destination/egress-port';
import { TlsOriginationPortOptions } from '../destination/http-port';

/** HTTP from the application, TLS from the exit on. */
export interface TlsOriginationEgressProps extends EgressOptions, TlsOriginationPortOptions {}

/**
 * HTTP from the application, TLS from the exit on: the application calls `http://`, so that rules and retries can read the
 * call, the hop to the exit is mutual TLS, and the exit speaks TLS to the host and verifies it.
 */
export class TlsOriginationEgress extends Egress {
  /** @throws what `Egress` throws */
  public constructor(scope: Construct, id: string, props: TlsOriginationEgressProps) {
    super(scope, id, { ...props, ports: [EgressPort.tlsOrigination(props)] });
  }
}

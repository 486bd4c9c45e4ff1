import { Construct } from 'constructs';
import { Egress, EgressOptions } from './egress';
import { EgressPort } from '../destination/egress-port';
import { TlsPassthroughPortOptions } from '../destination/opaque-port';

/** TLS of the application's own, through an exit. */
export interface TlsPassthroughEgressProps extends EgressOptions, TlsPassthroughPortOptions {}

/**
 * TLS of the application's own, passed on unread: the application calls `https://`, the sidecar recognises the host by the
 * server name in the handshake, and the exit lets the caller through by its identity. What is called on the host, nobody on
 * the way can tell; with `TlsOriginationEgress` the exit can.
 */
export class TlsPassthroughEgress extends Egress {
  /** @throws what `Egress` throws */
  public constructor(scope: Construct, id: string, props: TlsPassthroughEgressProps) {
    super(scope, id, { ...props, ports: [EgressPort.tlsPassthrough(props)] });
  }
}

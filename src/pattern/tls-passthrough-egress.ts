import { Construct } from 'constructs';
import { Egress, EGRESS_OPTIONS, EgressOptions } from './egress';
import { EgressPort } from '../destination/egress-port';
import { TLS_PASSTHROUGH_PORT, TlsPassthroughPortOptions } from '../destination/opaque-port';
import { splitOptions } from '../options';

/** TLS of the application's own, through an exit. */
export interface TlsPassthroughEgressProps extends EgressOptions, TlsPassthroughPortOptions {}

/**
 * TLS of the application's own, which the exit forwards without decrypting it: the application calls `https://`, the sidecar recognises the host by the
 * server name in the handshake, and the exit lets the caller through by its identity. No proxy on the
 * way can read the calls; with `TlsOriginationEgress` the exit can.
 *
 * @example
 * new TlsPassthroughEgress(chart, 'Pictures', {
 *   hosts: ['pictures.example.com'],
 *   exit,
 *   clients: [EgressClient.serviceAccount('shop', 'web')],
 * });
 */
export class TlsPassthroughEgress extends Egress {
  /** @throws what `Egress` throws */
  public constructor(scope: Construct, id: string, props: TlsPassthroughEgressProps) {
    const [options, port] = splitOptions(scope, id, props, EGRESS_OPTIONS, TLS_PASSTHROUGH_PORT);
    super(scope, id, { ...options, ports: [EgressPort.tlsPassthrough(port)] });
  }
}

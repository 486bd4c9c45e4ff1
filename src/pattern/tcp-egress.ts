import { Construct } from 'constructs';
import { Egress, EGRESS_OPTIONS, EgressOptions } from './egress';
import { TCP_ADDRESSES, TcpAddresses } from '../destination/egress-destination';
import { EgressPort } from '../destination/egress-port';
import { TCP_PORT, TcpPortOptions } from '../destination/opaque-port';
import { Options, splitOptions } from '../options';

/** Any protocol over TCP, through an exit. */
export interface TcpEgressProps extends EgressOptions, TcpAddresses, TcpPortOptions {
  /** Port that the application calls. */
  readonly port: number;
}

const OPTIONS: Options<EgressOptions & TcpAddresses> = { ...EGRESS_OPTIONS, ...TCP_ADDRESSES };
const PORT: Options<TcpPortOptions & { readonly port: number }> = { ...TCP_PORT, port: 'checked' };

/**
 * Any protocol over TCP, through an exit that lets the caller through by its identity: databases, Kafka, SFTP. Sidecars
 * recognise the host by address and port, see `addresses`; where a protocol begins with TLS, `TlsPassthroughEgress` needs none.
 *
 * @example
 * new TcpEgress(chart, 'Database', {
 *   hosts: ['db.example.com'],
 *   port: 5432,
 *   addresses: ['192.0.2.10'],
 *   exit,
 *   clients: [EgressClient.serviceAccount('payments', 'ledger')],
 * });
 */
export class TcpEgress extends Egress {
  /** @throws what `Egress` throws */
  public constructor(scope: Construct, id: string, props: TcpEgressProps) {
    const [options, { port, ...rest }] = splitOptions(scope, id, props, OPTIONS, PORT);
    super(scope, id, { ...options, ports: [EgressPort.tcp(port, rest)] });
  }
}

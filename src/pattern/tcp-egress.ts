import { Construct } from 'constructs';
import { Egress, EgressOptions } from './egress';
import { EgressPort } from '../destination/egress-port';
import { TcpPortOptions } from '../destination/opaque-port';

/** Any protocol over TCP, through an exit. */
export interface TcpEgressProps extends EgressOptions, TcpPortOptions {
  /** Port that the application calls. */
  readonly port: number;
}

/**
 * Any protocol over TCP, through an exit that lets the caller through by its identity: databases, Kafka, SFTP. Sidecars
 * recognise the host by address and port, see `addresses`; where a protocol begins with TLS, `TlsPassthroughEgress` needs none.
 */
export class TcpEgress extends Egress {
  /** @throws what `Egress` throws */
  public constructor(scope: Construct, id: string, props: TcpEgressProps) {
    super(scope, id, { ...props, ports: [EgressPort.tcp(props.port, props)] });
  }
}

import { Construct } from 'constructs';
import {
  HTTP_PORT,
  HttpPort,
  HttpPortOptions,
  resolveHttpPort,
  TLS_ORIGINATION_PORT,
  TlsOriginationPortOptions,
} from './http-port';
import {
  OpaquePort,
  resolveOpaquePort,
  TCP_PORT,
  TcpPortOptions,
  TLS_PASSTHROUGH_PORT,
  TlsPassthroughPortOptions,
} from './opaque-port';
import { UpstreamTls } from './upstream-tls';
import { Brand } from '../brand';
import { EgressError } from '../errors';
import { checkOptions } from '../options';

/**
 * A port of a destination: how the application speaks on it, and how the exit reaches the host.
 *
 * @example
 * new Egress(chart, 'Partner', {
 *   hosts: ['partner.example.com'],
 *   ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough({ port: 8443 })],
 *   exit,
 *   clients: [EgressClient.namespace('shop')],
 * });
 */
export class EgressPort {
  /**
   * HTTP, sent on as it is: **unencrypted** between the exit and the external host.
   * @throws OptionUnknown, WrongType
   */
  public static http(options: HttpPortOptions = {}): EgressPort {
    const checked = checkOptions('EgressPort.http', options, HTTP_PORT);
    return PORT.mark(new EgressPort((scope, namespace) => resolveHttpPort(scope, checked, {}, namespace)));
  }

  /**
   * HTTP from the application, TLS from the exit on. The application calls `http://`, the external host sees `https://`.
   * @throws OptionUnknown, WrongType
   */
  public static tlsOrigination(options: TlsOriginationPortOptions = {}): EgressPort {
    const checked = checkOptions('EgressPort.tlsOrigination', options, TLS_ORIGINATION_PORT);
    const upstream = { tls: checked.tls ?? UpstreamTls.simple(), port: checked.upstreamPort ?? 443 };
    return PORT.mark(new EgressPort((scope, namespace) => resolveHttpPort(scope, checked, upstream, namespace)));
  }

  /**
   * TLS of the application's own, passed on as it is; the sidecar recognises the host by the server name (SNI) in it. The hop
   * is mutual TLS around it, so that the exit knows the caller. The exit reads neither the calls nor that server name: it
   * connects to the declared host whatever the application asks for inside.
   *
   * @throws OptionUnknown, WrongType
   */
  public static tlsPassthrough(options: TlsPassthroughPortOptions = {}): EgressPort {
    const checked = checkOptions('EgressPort.tlsPassthrough', options, TLS_PASSTHROUGH_PORT);
    return PORT.mark(new EgressPort((scope) => resolveOpaquePort(scope, 'tls', { port: 443, ...checked })));
  }

  /**
   * TLS of the application's own without mutual TLS around it on the hop: one handshake less, and **nobody checks who
   * calls**. Whoever in the mesh reaches the exit reaches the host; `clients` only says whose sidecars lead there.
   *
   * @throws OptionUnknown, WrongType
   */
  public static tlsPassthroughWithoutIdentity(options: TlsPassthroughPortOptions = {}): EgressPort {
    const checked = checkOptions('EgressPort.tlsPassthroughWithoutIdentity', options, TLS_PASSTHROUGH_PORT);
    return PORT.mark(new EgressPort((scope) => resolveOpaquePort(scope, 'open', { port: 443, ...checked })));
  }

  /**
   * Any other protocol over TCP: databases, Kafka, SFTP. The sidecar recognises the host by its address and port, see
   * `addresses` of the destination.
   *
   * @param port Port that the application calls
   *
   * @throws OptionUnknown, WrongType
   */
  public static tcp(port: number, options: TcpPortOptions = {}): EgressPort {
    const checked = checkOptions('EgressPort.tcp', options, TCP_PORT);
    return PORT.mark(new EgressPort((scope) => resolveOpaquePort(scope, 'tcp', { ...checked, port })));
  }

  private constructor(
    /** @internal */
    public readonly _resolve: (scope: Construct, namespace: string) => ResolvedPort,
  ) {}
}

const PORT = new Brand<EgressPort>('EgressPort', 'EgressPort.http, .tlsOrigination, .tlsPassthrough, .tcp');

/** A checked port. Two declarations of one host agree on it when these are equal. */
export type ResolvedPort = HttpPort | OpaquePort;

/** The ports on which applications speak HTTP. */
export const httpPorts = (ports: readonly ResolvedPort[]): HttpPort[] =>
  ports.filter((port): port is HttpPort => port.kind === 'http');

/** The opaque ports: TLS of the application and TCP, which proxies forward without reading calls. */
export const opaquePorts = (ports: readonly ResolvedPort[]): OpaquePort[] =>
  ports.filter((port): port is OpaquePort => port.kind !== 'http');

/** What a port of the external host speaks, as a ServiceEntry names it. */
export function upstreamProtocol(port: ResolvedPort): 'HTTP' | 'TLS' | 'TCP' {
  if (port.kind === 'http') return port.tls ? 'TLS' : 'HTTP';
  return calledProtocol(port);
}

/** What the application speaks on a port, as a sidecar has to know it. */
export function calledProtocol({ kind }: ResolvedPort): 'HTTP' | 'TLS' | 'TCP' {
  if (kind === 'http') return 'HTTP';
  return kind === 'tcp' ? 'TCP' : 'TLS';
}

/** The opaque ports inside mutual TLS, so that the exit knows the caller: all but those of kind "open". */
export const identifiedPorts = (ports: readonly ResolvedPort[]): OpaquePort[] =>
  opaquePorts(ports).filter(({ kind }) => kind !== 'open');

/** The ports on which anybody who reaches the exit is let through. */
export const openPorts = (ports: readonly ResolvedPort[]): OpaquePort[] =>
  opaquePorts(ports).filter(({ kind }) => kind === 'open');

/**
 * The ports of a destination, by number.
 *
 * @param namespace Of the gateway that connects to it
 * @throws PortsMissing, WrongType, OutOfRange, PortConflict and what each port's options can throw
 */
export function checkPorts(scope: Construct, ports: EgressPort[] | undefined, namespace: string): ResolvedPort[] {
  if (!Array.isArray(ports) || ports.length === 0) {
    throw new EgressError('PortsMissing', scope, {
      what: 'no port is given',
      given: ports,
      allowed: 'at least one EgressPort',
      fix: 'say how the hosts are called, as `ports: [EgressPort.tlsOrigination()]`',
    });
  }
  const resolved = [...ports]
    .map((port) => PORT.check(scope, 'ports', port)._resolve(scope, namespace))
    .sort((a, b) => a.port - b.port);
  const twice = resolved.find((port, index) => port.port === resolved[index + 1]?.port);
  if (twice) {
    throw new EgressError('PortConflict', scope, {
      what: 'one port is declared twice',
      given: twice.port,
      allowed: 'each port that the application calls once',
      fix: 'remove one of the two',
    });
  }
  return resolved;
}

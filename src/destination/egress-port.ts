import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { HttpHeaderRules, ResolvedHeaders, resolveHeaders } from './http-headers';
import { HttpRetries, ResolvedRetries } from './http-retries';
import { ResolvedTls, UpstreamTls } from './upstream-tls';
import { EgressError } from '../errors';

/** A port on which an application speaks plain HTTP: HTTP/1.1, HTTP/2, gRPC or WebSocket. */
export interface HttpPortOptions {
  /**
   * Port that the application calls.
   * @default 80
   */
  readonly port?: number;

  /**
   * How long the external host may take for its whole response, after which the caller gets 504. From 1 ms.
   * @default - no limit
   */
  readonly timeout?: Duration;

  /**
   * What is sent again after a failure.
   * @default HttpRetries.none()
   */
  readonly retries?: HttpRetries;

  /**
   * Headers to change on the way.
   * @default - the mesh's own request headers are removed, nothing else changes
   */
  readonly headers?: HttpHeaderRules;

  /**
   * Headers of the mesh that the external host shall receive nevertheless, as "x-request-id". Each tells it something about
   * the caller.
   * @default - none
   */
  readonly keepMeshHeaders?: string[];
}

/** A port on which an application speaks plain HTTP and the exit TLS to the external host. */
export interface TlsOriginationPortOptions extends HttpPortOptions {
  /**
   * Port of the external host that speaks TLS.
   * @default 443
   */
  readonly upstreamPort?: number;

  /**
   * How the exit speaks TLS.
   * @default UpstreamTls.simple()
   */
  readonly tls?: UpstreamTls;
}

/** A port of a destination: how the application speaks on it, and how the exit reaches the host. */
export class EgressPort {
  /** HTTP, sent on as it is: **unencrypted** between the exit and the external host. */
  public static http(options: HttpPortOptions = {}): EgressPort {
    return new EgressPort(options);
  }

  /** HTTP from the application, TLS from the exit on. The application calls `http://`, the external host sees `https://`. */
  public static tlsOrigination(options: TlsOriginationPortOptions = {}): EgressPort {
    return new EgressPort(options, options.tls ?? UpstreamTls.simple(), options.upstreamPort ?? 443);
  }

  private constructor(
    private readonly options: HttpPortOptions,
    private readonly tls?: UpstreamTls,
    private readonly upstreamPort?: number,
  ) {}

  /** @internal */
  public _resolve(scope: Construct): HttpPort {
    const { timeout, retries, headers, keepMeshHeaders } = this.options;
    const port = checkPort(scope, 'port', this.options.port ?? 80);
    return {
      port,
      upstreamPort: checkPort(scope, 'upstreamPort', this.upstreamPort ?? port),
      tls: this.tls?._resolve(scope),
      timeout: timeout && checkTimeout(scope, timeout),
      retries: (retries ?? HttpRetries.none())._resolve(scope),
      headers: resolveHeaders(scope, headers, keepMeshHeaders),
    };
  }
}

/** A checked port. Two declarations of one host agree on it when these are equal. */
export interface HttpPort {
  /** As the application calls it. */
  readonly port: number;
  /** As the exit calls it. */
  readonly upstreamPort: number;
  /** How the exit speaks TLS; undefined for plain HTTP. */
  readonly tls?: ResolvedTls;
  /** In the form of a VirtualService. */
  readonly timeout?: string;
  readonly retries: ResolvedRetries;
  readonly headers: ResolvedHeaders;
}

/**
 * The ports of a destination, by number.
 * @throws PortsMissing, WrongType, PortRange, PortConflict and what each port's options can throw
 */
export function checkPorts(scope: Construct, ports: EgressPort[] | undefined): HttpPort[] {
  if (!Array.isArray(ports) || ports.length === 0) {
    throw new EgressError('PortsMissing', scope, {
      what: 'no port is given',
      given: ports,
      allowed: 'at least one EgressPort',
      fix: 'say how the hosts are called, as `ports: [EgressPort.tlsOrigination()]`',
    });
  }
  const wrong = ports.filter((port) => typeof port?._resolve !== 'function');
  if (wrong.length > 0) {
    throw new EgressError('WrongType', scope, {
      what: 'a port is no EgressPort',
      given: wrong[0],
      allowed: 'EgressPort.http, EgressPort.tlsOrigination',
      fix: 'make the port with one of them, as EgressPort.http({ port: 8080 })',
    });
  }
  const resolved = ports.map((port) => port._resolve(scope)).sort((a, b) => a.port - b.port);
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

/** Ports on which a sidecar itself listens: an outbound listener there would take its place. */
const SIDECAR_PORTS = [15001, 15006];

/** @throws PortRange */
export function checkPort(scope: Construct | string, property: string, port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65535 || SIDECAR_PORTS.includes(port)) {
    throw new EgressError('PortRange', scope, {
      what: `\`${property}\` is not a port that can be called`,
      given: port,
      allowed: `a whole number from 1 to 65535, without ${SIDECAR_PORTS.join(' and ')}, which belong to the sidecar`,
      fix: `set \`${property}\` to the number`,
    });
  }
  return port;
}

function checkTimeout(scope: Construct, timeout: Duration): string {
  const milliseconds = timeout.toMilliseconds({ integral: false });
  if (!(milliseconds >= 1)) {
    throw new EgressError('TimeoutRange', scope, {
      what: 'the timeout is too short: Istio takes less than a millisecond for "no limit"',
      given: `${milliseconds} ms`,
      allowed: 'from 1 ms',
      fix: 'leave `timeout` out for no limit',
    });
  }
  return `${Math.round(milliseconds) / 1000}s`;
}

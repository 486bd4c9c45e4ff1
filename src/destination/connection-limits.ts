import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { checkDuration, checkWholeNumber } from './numbers';
import { checkOptions, Options } from '../options';

/**
 * Limits for the connections from each pod of an exit to each host.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings
 */
export interface ConnectionLimits {
  /**
   * Connections at the same time; HTTP calls beyond wait for one, TCP connections beyond are closed.
   * @default - no limit
   */
  readonly maxConnections?: number;

  /**
   * HTTP calls that may wait for a connection; those beyond get 503.
   * @default - no limit
   */
  readonly maxPendingRequests?: number;

  /**
   * HTTP calls under way at the same time; those beyond get 503.
   * @default - no limit
   */
  readonly maxRequests?: number;

  /**
   * How long a connection may take to open.
   * @default - 10 seconds
   */
  readonly connectTimeout?: Duration;

  /**
   * How long a connection without traffic is kept.
   * @default - 1 hour
   */
  readonly idleTimeout?: Duration;
}

const LIMITS: Options<ConnectionLimits> = {
  maxConnections: 'checked',
  maxPendingRequests: 'checked',
  maxRequests: 'checked',
  connectTimeout: 'checked',
  idleTimeout: 'checked',
};

/** In the form of a DestinationRule's `connectionPool`. */
export interface ResolvedConnectionLimits {
  readonly tcp?: { readonly maxConnections?: number; readonly connectTimeout?: string; readonly idleTimeout?: string };
  readonly http?: {
    readonly http1MaxPendingRequests?: number;
    readonly http2MaxRequests?: number;
    readonly idleTimeout?: string;
  };
}

/** @throws OutOfRange, WrongType, OptionUnknown */
export function resolveConnectionLimits(scope: Construct, given: ConnectionLimits): ResolvedConnectionLimits {
  const limits = checkOptions(scope, given, LIMITS);
  const count = (name: 'maxConnections' | 'maxPendingRequests' | 'maxRequests') => {
    const value = limits[name];
    return value === undefined ? undefined : checkWholeNumber(scope, name, value, [1, 2 ** 31 - 1]);
  };
  const duration = (name: 'connectTimeout' | 'idleTimeout') => {
    const value = limits[name];
    return value === undefined ? undefined : checkDuration(scope, name, value);
  };
  const idleTimeout = duration('idleTimeout');
  return {
    tcp: { maxConnections: count('maxConnections'), connectTimeout: duration('connectTimeout'), idleTimeout },
    http: { http1MaxPendingRequests: count('maxPendingRequests'), http2MaxRequests: count('maxRequests'), idleTimeout },
  };
}

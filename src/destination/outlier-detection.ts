import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { checkDuration, checkWholeNumber } from './numbers';
import { checkOptions, Options } from '../options';

/**
 * When an address of a host is left out for a while: after failures in a row, counted by each pod of the exit for itself. A
 * failure is 502, 503 or 504, or a connection that did not come about.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
 */
export interface OutlierDetection {
  /**
   * Failures in a row.
   * @default 5
   */
  readonly consecutiveFailures?: number;

  /**
   * How long an address is left out; longer each time.
   * @default - 30 seconds
   */
  readonly baseEjectionTime?: Duration;

  /**
   * Part of a host's addresses that may be left out at the same time. 100 leaves a failed host without any, and calls to it
   * fail at once.
   * @default 50
   */
  readonly maxEjectionPercent?: number;
}

const DETECTION: Options<OutlierDetection> = {
  consecutiveFailures: 'checked',
  baseEjectionTime: 'checked',
  maxEjectionPercent: 'checked',
};

/** In the form of a DestinationRule's `outlierDetection`. */
export interface ResolvedOutlierDetection {
  readonly consecutiveGatewayErrors: number;
  /** Off: 500 and 501 are answers of a host that is there. */
  readonly consecutive5xxErrors: 0;
  readonly interval: string;
  readonly baseEjectionTime: string;
  readonly maxEjectionPercent: number;
}

/** @throws OutOfRange, WrongType, OptionUnknown */
export function resolveOutlierDetection(scope: Construct, given: OutlierDetection): ResolvedOutlierDetection {
  const detection = checkOptions(scope, given, DETECTION);
  const { consecutiveFailures = 5, baseEjectionTime = Duration.seconds(30), maxEjectionPercent = 50 } = detection;
  return {
    consecutiveGatewayErrors: checkWholeNumber(scope, 'consecutiveFailures', consecutiveFailures, [1, 1000]),
    consecutive5xxErrors: 0,
    interval: '5s',
    baseEjectionTime: checkDuration(scope, 'baseEjectionTime', baseEjectionTime),
    maxEjectionPercent: checkWholeNumber(scope, 'maxEjectionPercent', maxEjectionPercent, [1, 100]),
  };
}

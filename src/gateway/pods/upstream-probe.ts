import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { checkDuration, checkWholeNumber } from '../../destination/numbers';
import { EgressError } from '../../errors';
import { Options, checkOptions } from '../../options';

/**
 * Makes a gateway's pods ready only while their upstream answers. In each pod `pilot-agent`, which every proxy image of Istio
 * has, asks the proxy beside it, and the proxy asks a path of the upstream as it does for calls. Nobody outside of the pod can
 * ask: the proxy listens for it on the pod's loopback address alone.
 *
 * A trade-off: while the upstream is down, the gateway has no ready pod, and callers are refused by their own sidecars at once
 * (503) instead of waiting for the upstream; what else the gateway carries is down with it. So that a short blip does not take
 * all pods out together, a pod gives up only after `failureThreshold` failures in a row.
 */
export interface UpstreamProbe {
  /**
   * Path of the upstream that answers GET with status 200 while it is well. Any other status is a failure, and no redirect is
   * followed.
   */
  readonly path: string;

  /**
   * How often it is asked, by each pod.
   * @default Duration.seconds(10)
   */
  readonly period?: Duration;

  /**
   * How long an answer may take.
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;

  /**
   * Failures in a row after which a pod is not ready any more.
   * @default 6
   */
  readonly failureThreshold?: number;
}

const PROBE: Options<UpstreamProbe> = {
  path: 'checked',
  period: 'checked',
  timeout: 'checked',
  failureThreshold: 'checked',
};

/** Where the proxy listens for the probe: in its own pod, and nowhere else. */
export const PROBE_ADDRESS = '127.0.0.1';
export const PROBE_PORT = 8081;
export const PROBE_PATH = '/upstream/ready';

/**
 * `pilot-agent wait` asks again and again until `--timeoutSeconds`, and for the first time after `--periodMillis`. With more
 * than half of the one as the other, it asks exactly once.
 *
 * @see https://github.com/istio/istio/blob/1.31.1/pilot/cmd/pilot-agent/app/wait.go
 */
const ASK_ONCE = ['--timeoutSeconds=1', '--periodMillis=600'];

/** What the kubelet allows the command besides the answer: to start, and the 0.6 seconds before it asks. */
const COMMAND_SECONDS = 2;

/** A checked probe. */
export interface ResolvedProbe {
  readonly path: string;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** @throws ProbeSyntax, OutOfRange */
export function resolveProbe(scope: Construct, probe: UpstreamProbe): ResolvedProbe {
  const {
    path,
    period = Duration.seconds(10),
    timeout = Duration.seconds(5),
    failureThreshold = 6,
  } = checkOptions(scope, probe, PROBE);
  if (typeof path !== 'string' || !/^\/[\x21-\x7e]*$/.test(path) || /[?#]/.test(path)) {
    throw new EgressError('ProbeSyntax', scope, {
      what: 'the probe has no usable path',
      given: path,
      allowed: 'a path without query, as "/status/200"',
      fix: 'set `path`',
    });
  }
  const seconds = (property: string, value: Duration) => {
    checkDuration(scope, property, value);
    return checkWholeNumber(scope, `${property} in seconds`, value.toSeconds({ integral: false }), [1, 3600]);
  };
  return {
    path,
    periodSeconds: seconds('period', period),
    timeoutSeconds: seconds('timeout', timeout),
    failureThreshold: checkWholeNumber(scope, 'failureThreshold', failureThreshold, [1, 1000]),
  };
}

/** What the kubelet does. */
export function readinessProbe({ periodSeconds, timeoutSeconds, failureThreshold }: ResolvedProbe) {
  const url = `http://${PROBE_ADDRESS}:${PROBE_PORT}${PROBE_PATH}`;
  const answer = `--requestTimeoutMillis=${timeoutSeconds * 1000}`;
  return {
    exec: { command: ['pilot-agent', 'wait', `--url=${url}`, answer, ...ASK_ONCE] },
    periodSeconds,
    timeoutSeconds: timeoutSeconds + COMMAND_SECONDS,
    failureThreshold,
  };
}

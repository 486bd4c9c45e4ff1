import { ApiObject, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { ServedHost } from './gateway-servers';
import { toJson_GatewaySpec, toJson_VirtualServiceSpec } from '../../imports/networking.istio.io';
import { AuthorizationPolicySpecAction, toJson_AuthorizationPolicySpec } from '../../imports/security.istio.io';
import { httpPorts } from '../destination/egress-port';
import { checkDuration, checkWholeNumber } from '../destination/numbers';
import { describe, EgressError } from '../errors';
import { OwnGatewayAddress } from '../exit/address';
import { objectsOf } from '../mesh/manifest';
import { dottedName, shorten } from '../naming';
import { checkOptions, Options } from '../options';
import { ownAuthority } from '../upstream/authorities';
import { subsetName } from '../upstream/destination-rule';
import { httpRoutes } from '../upstream/http-routes';

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
const PROBE_ADDRESS = '127.0.0.1';
const PROBE_PORT = 8081;
const PROBE_PATH = '/upstream/ready';

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

/** The way of the probe through the gateway: the one path, and nothing else. */
export class ProbeRoute extends Construct {
  public readonly authorizationPolicy: ApiObject;
  public readonly gateway: ApiObject;
  public readonly virtualService: ApiObject;

  public constructor(
    scope: Construct,
    id: string,
    gateway: OwnGatewayAddress,
    private readonly probe: ResolvedProbe,
    private readonly upstream: () => ServedHost | undefined,
  ) {
    super(scope, id);
    const object = objectsOf(this, gateway);
    const name = dottedName(gateway.exitName, 'upstream.probe');
    // Istio takes no dots in a Gateway's name.
    const server = shorten(`${gateway.exitName}-upstream-probe`);
    this.authorizationPolicy = object({
      kind: 'AuthorizationPolicy',
      name,
      spec: () =>
        toJson_AuthorizationPolicySpec({
          selector: { matchLabels: gateway.selector },
          action: AuthorizationPolicySpecAction.ALLOW,
          rules: [
            {
              from: [{ source: { ipBlocks: [PROBE_ADDRESS] } }],
              to: [{ operation: { ports: [`${PROBE_PORT}`], methods: ['GET'], paths: [PROBE_PATH] } }],
            },
          ],
        }),
    });
    // It cannot ask for mutual TLS: who asks is a command, without an identity in the mesh.
    this.gateway = object({
      kind: 'Gateway',
      name: server,
      spec: () =>
        toJson_GatewaySpec({
          selector: gateway.selector,
          servers: [
            {
              bind: PROBE_ADDRESS,
              port: { name: 'probe', number: PROBE_PORT, protocol: 'HTTP' },
              hosts: [`./${PROBE_ADDRESS}`],
            },
          ],
        }),
    });
    this.virtualService = object({
      kind: 'VirtualService',
      name,
      spec: () =>
        toJson_VirtualServiceSpec({
          exportTo: ['.'],
          gateways: [server],
          hosts: [PROBE_ADDRESS],
          http: this.routes(),
        }),
    });
    this.node.addValidation({ validate: () => this.problems() });
  }

  private routes() {
    const target = this.target();
    if (!target) return [];
    const { host, port, ports } = target;
    return httpRoutes(
      {
        match: { port: PROBE_PORT, uri: { exact: PROBE_PATH } },
        rewrite: { uri: this.probe.path, authority: ownAuthority(host, port) },
        destination: { host, port: { number: port.upstreamPort }, subset: subsetName(port, ports) },
        // `pilot-agent wait` would follow the upstream to wherever it is told to go.
        headers: { request: port.headers.request, response: { remove: ['location'] } },
        timeout: `${this.probe.timeoutSeconds}s`,
      },
      { attempts: 0, everyMethod: false },
      '',
    );
  }

  private target() {
    const served = this.upstream();
    const [port] = served ? httpPorts(served.ports) : [];
    return served && port && { host: served.upstreamHost, port, ports: served.ports };
  }

  private problems(): string[] {
    if (this.target()) return [];
    return [
      describe('ProbeSyntax', this, {
        what: 'no HTTP port of an upstream is declared, so there is nothing that the probe could ask',
        fix: 'declare one, or leave `upstreamProbe` out',
      }),
    ];
  }
}

import { ApiObject, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { GatewayHandle } from './gateway-handle';
import { ownAuthority } from './gateway-limits';
import { ServedHost } from './gateway-servers';
import { httpRoutes } from './http-routes';
import { subsetName } from './upstream-manifests';
import { toJson_VirtualServiceSpec } from '../../imports/networking.istio.io';
import { AuthorizationPolicySpecAction, toJson_AuthorizationPolicySpec } from '../../imports/security.istio.io';
import { httpPorts } from '../destination/egress-port';
import { checkDuration, checkWholeNumber } from '../destination/numbers';
import { EgressError } from '../errors';
import { manifest } from '../mesh/manifest';
import { dottedName } from '../naming';
import { checkOptions, Options } from '../options';

/**
 * Makes a gateway's pods ready only while their upstream answers. The kubelet's probe goes through the gateway itself to a
 * path of the upstream, on the same way as the calls: no shell or program is needed in the image.
 *
 * A trade-off: while the upstream is down, the gateway has no ready pod, and callers are refused by their own sidecars at once
 * (503) instead of waiting for the upstream; what else the gateway carries is down with it. So that a short blip does not take
 * all pods out together, a pod gives up only after `failureThreshold` failures in a row.
 */
export interface UpstreamProbe {
  /** Path of the upstream that answers GET with a status from 200 to 399 while it is well. */
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

/** Where the pods listen for the kubelet; no Service leads there. */
const PROBE_PORT = 8081;
/** What the kubelet asks for: nobody else's Host header and path. */
const PROBE_PATH = '/upstream/ready';
const PROBE_HOST = 'upstream-probe.internal';

/** A checked probe. */
export interface ResolvedProbe {
  readonly path: string;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** @throws ProbeSyntax, SettingRange */
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

/** The server for the kubelet's probe. It cannot speak mutual TLS: the kubelet has no identity in the mesh. */
export function probeServer() {
  return { port: { name: 'probe', number: PROBE_PORT, protocol: 'HTTP' }, hosts: [`./${PROBE_HOST}`] };
}

/** What the kubelet does. */
export function readinessProbe({ periodSeconds, timeoutSeconds, failureThreshold }: ResolvedProbe) {
  return {
    httpGet: { path: PROBE_PATH, port: PROBE_PORT, httpHeaders: [{ name: 'Host', value: PROBE_HOST }] },
    periodSeconds,
    timeoutSeconds,
    failureThreshold,
  };
}

/** The way of the kubelet's probe through the gateway: the one path, and nothing else. */
export class ProbeRoute extends Construct {
  public readonly virtualService: ApiObject;
  public readonly authorizationPolicy: ApiObject;

  public constructor(
    scope: Construct,
    id: string,
    gateway: GatewayHandle,
    private readonly probe: ResolvedProbe,
    private readonly upstream: () => ServedHost | undefined,
  ) {
    super(scope, id);
    const object = (apiVersion: string, kind: string, spec: () => unknown) =>
      manifest(this, kind, {
        apiVersion,
        kind,
        namespace: gateway.namespace,
        name: dottedName(gateway.exitName, 'upstream.probe'),
        metadata: gateway.metadata,
        spec,
      });
    this.virtualService = object('networking.istio.io/v1', 'VirtualService', () =>
      toJson_VirtualServiceSpec({
        exportTo: ['.'],
        gateways: [gateway.exitName],
        hosts: [PROBE_HOST],
        http: this.routes(),
      }),
    );
    this.authorizationPolicy = object('security.istio.io/v1', 'AuthorizationPolicy', () =>
      toJson_AuthorizationPolicySpec({
        selector: { matchLabels: gateway.selector },
        action: AuthorizationPolicySpecAction.ALLOW,
        rules: [{ to: [{ operation: { ports: [`${PROBE_PORT}`], methods: ['GET'], paths: [PROBE_PATH] } }] }],
      }),
    );
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
        headers: port.headers,
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
      `[ProbeSyntax] ${this.node.path}: no HTTP port of an upstream is declared, so there is nothing that the probe could ask.`,
    ];
  }
}

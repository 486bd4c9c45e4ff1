import { App } from 'cdk8s';
import { CallAssertion } from './call-assertion';
import { Manifests } from './manifests';
import { installed } from '../app/installation';
import { checkCall } from '../engine/check-call';
import { Inquiry, isStating } from '../engine/inquiry';
import { Mesh } from '../mesh/mesh';
import { readInputs } from '../model/inputs';
import { toManifest } from '../model/manifest';
import { checkOptions, Options } from '../options';

/** What is in the cluster besides an app's own manifests. */
export interface CallsProps {
  /**
   * Files and folders of manifests that are applied too: the platform's, if the app uses an exit that it imports; pods that exist already.
   * @default - nothing
   */
  readonly besides?: string[];
}

/** A call, apart from who makes it and its URL. */
export interface CallProps {
  /** @default "GET" */
  readonly method?: string;
  /**
   * Headers of the request; `host` takes the place of the URL's.
   * @default - none
   */
  readonly headers?: { [name: string]: string };
  /**
   * The version of HTTP that the caller speaks: "1.1" or "2".
   * @default "1.1"
   */
  readonly httpVersion?: string;
  /**
   * The server name of the caller's TLS.
   * @default - the URL's host
   */
  readonly serverName?: string;
}

const CALLS: Options<CallsProps> = { besides: 'texts' };
const CALL: Options<CallProps> = { method: 'text', headers: 'map', httpVersion: 'text', serverName: 'text' };

/**
 * Calls of workloads, to be asserted on in tests of any framework, without a cluster: istiod's own generator, from the package
 * `cdk8s-istio-egress-engine`, says what the proxies on the way are told to do. A failed assertion throws an `Error` with the whole way of
 * the call. The mesh is as `Mesh.configure` says; what it does not say is taken to be closed.
 *
 * Each assertion takes some 0.3 s for a small app.
 *
 * @example
 * const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
 * const clients = [EgressClient.serviceAccount('payments', 'checkout')];
 * new TlsOriginationEgress(chart, 'Stripe', { hosts: ['api.stripe.com'], exit, clients });
 * const calls = assertions.Calls.of(app);
 * calls.from('payments/checkout').to('http://api.stripe.com/v1/charges').isAllowed({ through: 'istio-egress/istio-egress' });
 * calls.from('payments/reports').to('http://api.stripe.com/v1/charges').isRefused();
 */
export class Calls {
  /**
   * Calls in a cluster that holds the manifests of an app as it is now. Nothing is written.
   * @throws OptionUnknown, WrongType
   * @throws Error if manifests besides cannot be read, or say something else of the mesh than the app
   */
  public static of(app: App, props: CallsProps = {}): Calls {
    const { besides = [] } = checkOptions('Calls', props, CALLS);
    const own = Manifests.fromApp(app).all;
    const { istiod, operators, policies } = installed(app, Mesh.of(app));
    const read = readInputs(besides, isStating, () => '');
    const [broken] = read.unreadable;
    if (broken) throw new Error(`${broken.file}:${broken.line}: ${broken.reason}`);
    const source = { file: 'Mesh.configure (closed where that says nothing)', line: 0 };
    const parsed = (content: unknown) => toManifest(JSON.parse(JSON.stringify(content)), source)!;
    const inquiry = new Inquiry({
      manifests: [parsed({ ...istiod, metadata: { name: 'istiod' } }), ...operators.map(parsed), ...read.manifests],
      others: read.others,
      paths: besides,
      text: [...own, ...policies].map((manifest) => JSON.stringify(manifest)).join('\n---\n'),
    });
    return new Calls(inquiry);
  }

  private constructor(private readonly inquiry: Inquiry) {}

  /** The calls of a workload or of a service account: `namespace/name`. One that the manifests do not hold is taken for a pod in the mesh. */
  public from(caller: string): CallsFrom {
    return CallsFrom._of(this.inquiry, caller);
  }
}

/**
 * The calls of one workload.
 *
 * @example
 * const reports = assertions.Calls.of(app).from('payments/reports');
 * for (const url of ['http://api.stripe.com/', 'https://api.stripe.com/']) reports.to(url).isRefused();
 */
export class CallsFrom {
  /** @internal */
  public static _of(inquiry: Inquiry, caller: string): CallsFrom {
    return new CallsFrom(inquiry, caller);
  }

  private constructor(
    private readonly inquiry: Inquiry,
    private readonly caller: string,
  ) {}

  /**
   * A call to a URL, which begins with http, https, ws, wss, grpc, grpcs, tls or tcp.
   * @throws OptionUnknown, WrongType
   * @throws Error if it is no such URL; if the engine is not installed; if it cannot read a manifest, or istiod would refuse it
   */
  public to(url: string, props: CallProps = {}): CallAssertion {
    const { method, headers, httpVersion, serverName } = checkOptions('Calls', props, CALL);
    const call = { from: this.caller, url, method, headers, http: httpVersion as '1.1' | '2', sni: serverName };
    checkCall(call);
    return CallAssertion._about(this.inquiry, call);
  }
}

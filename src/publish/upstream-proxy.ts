import { ApiObject, ApiObjectMetadata, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { checkIngressGateway, IngressGateway } from './ingress-gateway';
import { IngressHop } from './ingress-hop';
import { recordDeclaration, recordNote } from '../app/records';
import { EgressPort, httpPorts } from '../destination/egress-port';
import { checkHost } from '../destination/host';
import { HttpHeaderRules } from '../destination/http-headers';
import { UpstreamHttp } from '../destination/http-port';
import { HttpRetries } from '../destination/http-retries';
import { checkCredential, TlsCredential } from '../destination/tls-credential';
import { UPSTREAM, UpstreamOptions } from '../destination/upstream';
import { UpstreamTls } from '../destination/upstream-tls';
import { EgressError } from '../errors';
import { ACCOUNTABILITY, Accountability } from '../exit/accountability';
import { IClientHop } from '../exit/client-hop';
import { declare } from '../exit/declaration';
import { checkExit } from '../exit/egress-exit';
import { OpaAuthorization } from '../gateway/access/opa-authorization';
import { DedicatedEgressGateway } from '../gateway/dedicated-egress-gateway';
import { EgressGateway } from '../gateway/egress-gateway';
import { GatewayWorkload } from '../gateway/pods/gateway-workload';
import { UpstreamProbe } from '../gateway/pods/upstream-probe';
import { joinName } from '../naming';
import { checkOptions, Options, pickOptions } from '../options';
import { EgressClient, isAnyInMesh } from '../policy/egress-client';
import { HttpRule } from '../policy/http-rule';

/** How callers outside the mesh reach a published host name. */
export interface IngressListener {
  /** The ingress gateway that serves it. */
  readonly gateway: IngressGateway;

  /** Secret with certificate and key for the host name (`tls.crt`, `tls.key`), in the ingress gateway's namespace. */
  readonly credential: TlsCredential;
}

/** One of our own host names for an external service. */
export interface UpstreamProxyProps extends UpstreamOptions, Accountability {
  /** Our name for it, which callers inside and outside of the mesh use. */
  readonly host: string;

  /** DNS name of the external service, by which it knows itself. */
  readonly upstreamHost: string;

  /**
   * Port on which it speaks TLS.
   * @default 443
   */
  readonly upstreamPort?: number;

  /**
   * How the exit speaks TLS to it.
   * @default UpstreamTls.simple()
   */
  readonly tls?: UpstreamTls;

  /**
   * Where callers outside the mesh come in. The ingress gateway's identity is a client of the exit then.
   * @default - callers inside the mesh alone
   */
  readonly ingress?: IngressListener;

  /**
   * Who in the mesh may call, by `http://` and our host name, as itself. With `ingress`, whoever in the mesh reaches the ingress
   * gateway's Service calls as somebody outside.
   * @default - nobody
   */
  readonly clients?: EgressClient[];

  /**
   * Where the calls leave.
   * @default - a DedicatedEgressGateway for this upstream, named by the construct's id, in the chart's namespace
   */
  readonly exit?: EgressGateway;

  /**
   * Makes the default exit ready only while the upstream answers.
   * @default - ready when its proxies are
   */
  readonly upstreamProbe?: UpstreamProbe;

  /**
   * Who decides about every call at the default exit, besides the clients.
   * @default - nobody else
   */
  readonly authorization?: OpaAuthorization;

  /**
   * The pods of the default exit. Pods that exist already tell the upstream our name, in `x-envoy-original-host`, unless they carry the
   * annotation that `Egress.describe` names.
   * @default GatewayWorkload.managed()
   */
  readonly workload?: GatewayWorkload;

  /**
   * Which calls pass, from outside and inside.
   * @default - every call
   */
  readonly rules?: HttpRule[];

  /**
   * How long the upstream may take for its whole response.
   * @default - no limit
   */
  readonly timeout?: Duration;

  /**
   * What is sent again after a failure.
   * @default HttpRetries.none()
   */
  readonly retries?: HttpRetries;

  /**
   * In which version of HTTP the exit calls the external service. gRPC needs HTTP/2.
   * @default UpstreamHttp.HTTP_1_1
   */
  readonly upstreamHttp?: UpstreamHttp;

  /**
   * Headers to change on the way.
   * @default - the mesh's own request headers are removed
   */
  readonly headers?: HttpHeaderRules;

  /**
   * Labels and annotations for the objects in the clients' and the ingress gateway's namespaces.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;
}

const LISTENER: Options<IngressListener> = { gateway: 'checked', credential: 'checked' };
const UPSTREAM_PROXY: Options<UpstreamProxyProps> = {
  ...UPSTREAM,
  ...ACCOUNTABILITY,
  host: 'checked',
  upstreamHost: 'checked',
  upstreamPort: 'checked',
  tls: 'checked',
  ingress: 'checked',
  clients: 'list',
  exit: 'checked',
  upstreamProbe: 'checked',
  authorization: 'checked',
  workload: 'checked',
  rules: 'checked',
  timeout: 'checked',
  retries: 'checked',
  upstreamHttp: 'checked',
  headers: 'checked',
  metadata: 'checked',
};

/**
 * Publishes an external service under one of our own host names, through an egress gateway: callers outside the mesh come by
 * HTTPS to the ingress gateway, callers inside by HTTP, and the exit speaks verified TLS to the service, which reads its own
 * name in the Host header.
 *
 * @example
 * new UpstreamProxy(chart, 'Ledger', {
 *   host: 'ledger.corp.example',
 *   upstreamHost: 'api.ledger.example.com',
 *   clients: [EgressClient.serviceAccount('payments', 'checkout')],
 *   ingress: { gateway: IngressGateway.imported(), credential: TlsCredential.named('ledger-tls') },
 * });
 */
export class UpstreamProxy extends Construct {
  /** Where the calls leave. */
  public readonly exit: EgressGateway;
  /** What stands in the clients' namespaces, one for each. */
  public readonly clientHops: IClientHop[];
  /** The ingress gateway's server for the host name; undefined without `ingress`. */
  public readonly ingressGateway?: ApiObject;
  /** The ingress gateway's route to the exit; undefined without `ingress`. */
  public readonly ingressVirtualService?: ApiObject;

  /** @throws ClientsMissing if neither `ingress` nor `clients` is given, and what `Egress` and `EgressGateway` throw */
  public constructor(scope: Construct, id: string, props: UpstreamProxyProps) {
    super(scope, id);
    props = checkProps(this, props);
    const { ingress, upstreamPort, tls, timeout, retries, upstreamHttp, headers } = props;
    // A wildcard would have no name of its own to be rewritten to.
    const host = checkHost(this, props.host);
    checkOneExit(this, props);
    if (props.exit !== undefined) checkGateway(this, props.exit);
    this.exit = props.exit ?? this.dedicatedExit(id, props);
    const declaration = declare(
      this,
      {
        ...pickOptions<UpstreamOptions>(props, UPSTREAM),
        ...pickOptions<Accountability>(props, ACCOUNTABILITY),
        hosts: [host],
        upstreamHost: checkHost(this, props.upstreamHost),
        ports: [EgressPort.tlsOrigination({ upstreamPort, tls, timeout, retries, upstreamHttp, headers, port: 80 })],
        clients: allClients(props),
        rules: props.rules,
        metadata: props.metadata,
      },
      this.exit.namespace,
    );
    const led = declaration.clients.filter((client) => client.toString() !== ingress?.gateway.client.toString());
    this.clientHops = led.length > 0 ? this.exit._lead(this, { ...declaration, clients: led }) : [];
    if (ingress) {
      const hop = new IngressHop(this, 'Ingress', {
        ingress: ingress.gateway,
        credentialName: checkCredential(this, 'ingress.credential', ingress.credential, ingress.gateway.namespace),
        host,
        port: httpPorts(declaration.ports)[0],
        exit: this.exit._address(),
        metadata: declaration.metadata,
        accountability: declaration.accountability,
      });
      this.ingressGateway = hop.gateway;
      this.ingressVirtualService = hop.virtualService;
    }
    this.exit._grant(declaration);
    recordDeclaration(this.exit, declaration);
    if (ingress) recordNote(this, outsideText(this, props));
  }

  private dedicatedExit(id: string, { upstreamHost, upstreamProbe, authorization, workload }: UpstreamProxyProps) {
    return new DedicatedEgressGateway(this, 'Exit', {
      name: joinName(this, id),
      hosts: [upstreamHost],
      upstreamProbe,
      authorization,
      workload,
    });
  }
}

/** @throws WrongType, OptionUnknown */
function checkProps(scope: Construct, given: UpstreamProxyProps): UpstreamProxyProps {
  const props = checkOptions(scope, given, UPSTREAM_PROXY);
  if (props.ingress === undefined) return props;
  const ingress = checkOptions(scope, props.ingress, LISTENER);
  checkIngressGateway(scope, 'ingress.gateway', ingress.gateway);
  return { ...props, ingress };
}

/** A host under another name is reached through a gateway alone. @throws ExitCannotCarry */
function checkGateway(scope: Construct, exit: EgressGateway): void {
  checkExit(scope, exit);
  if (exit._isOwned && exit._kind === 'gateway') return;
  throw new EgressError('ExitCannotCarry', scope, {
    what: 'only an egress gateway of this app can publish an external service',
    given: exit,
    allowed: 'an EgressGateway or DedicatedEgressGateway',
    fix: 'pass one, or leave `exit` out',
  });
}

/** The ingress gateway calls for everybody outside, unless the whole mesh may call anyhow. */
function allClients({ clients = [], ingress }: UpstreamProxyProps): EgressClient[] {
  const everybody = clients.some((client) => isAnyInMesh(client));
  return ingress && !everybody ? [...clients, ingress.gateway.client] : clients;
}

/** The sentence in reports that says for whom the ingress gateway calls, which the list of clients cannot say. */
function outsideText({ exit }: UpstreamProxy, { ingress, host }: UpstreamProxyProps): string {
  const { namespace } = ingress!.gateway;
  return `anybody outside → https://${host} at the ingress gateway in ${namespace} → ${exit.namespace}/${exit.exitName}`;
}

/** Refuses options of the default exit beside an exit that is given: they would be lost. */
function checkOneExit(scope: Construct, { exit, upstreamProbe, authorization, workload }: UpstreamProxyProps): void {
  const lost = Object.entries({ upstreamProbe, authorization, workload }).find(([, value]) => value !== undefined);
  if (!exit || !lost) return;
  throw new EgressError('ExitCannotCarry', scope, {
    what: `\`${lost[0]}\` is for the exit that is made here, but an exit is given`,
    given: `${exit.namespace}/${exit.exitName}`,
    allowed: `\`exit\` or \`${lost[0]}\``,
    fix: `set \`${lost[0]}\` on the exit itself`,
  });
}

import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Declaration } from './declaration';
import { GatewayHandle } from './gateway-handle';
import { httpRoutes } from './http-routes';
import {
  DestinationRuleSpecSubsets,
  DestinationRuleSpecSubsetsTrafficPolicyTlsMode as TlsMode,
  ServiceEntrySpecResolution,
  toJson_DestinationRuleSpec,
  toJson_ServiceEntrySpec,
  toJson_VirtualServiceSpec,
} from '../../imports/networking.istio.io';
import { HostResolution } from '../destination/egress-destination';
import { HttpPort } from '../destination/egress-port';
import { EgressError } from '../errors';
import { manifest } from '../mesh/manifest';
import { dottedName } from '../naming';
import { markExitHost } from '../validation/marks';

const HERE = ['.'];

/** The ways in which a gateway can find a host. */
const RESOLUTION = {
  [HostResolution.DNS]: ServiceEntrySpecResolution.DNS,
  [HostResolution.DNS_ROUND_ROBIN]: ServiceEntrySpecResolution.DNS_UNDERSCORE_ROUND_UNDERSCORE_ROBIN,
};

/** See RESOLUTION. */
export type GatewayResolution = keyof typeof RESOLUTION;

/**
 * The objects beside an egress gateway that let one host be reached through it. All declarations of the host share them;
 * who may use them is in the grants. None of them is visible outside of the exit's namespace.
 */
export interface IExitHop {
  /** The host, as in manifests. */
  readonly host: string;

  /** Where the host is. */
  readonly serviceEntry: ApiObject;

  /** How the gateway connects: a subset per port that applications call. */
  readonly destinationRule: ApiObject;

  /** The route from the gateway to the host, bound to the gateway alone. */
  readonly virtualService: ApiObject;
}

/** Makes an exit hop. */
export class ExitHop extends Construct implements IExitHop {
  public readonly serviceEntry: ApiObject;
  public readonly destinationRule: ApiObject;
  public readonly virtualService: ApiObject;

  private readonly ports = new Map<number, HttpPort>();

  public constructor(
    scope: Construct,
    public readonly host: string,
    private readonly gateway: GatewayHandle,
    private readonly resolution: GatewayResolution,
    private readonly declaredBy: string,
  ) {
    super(scope, host);
    markExitHost(this, { namespace: gateway.namespace, host });
    const name = dottedName(gateway.exitName, host);
    const networking = (kind: string, spec: () => unknown) =>
      manifest(this, kind, {
        apiVersion: 'networking.istio.io/v1',
        kind,
        namespace: gateway.namespace,
        name,
        metadata: gateway.metadata,
        spec,
      });
    this.serviceEntry = networking('ServiceEntry', () => this.serviceEntrySpec());
    this.destinationRule = networking('DestinationRule', () => this.destinationRuleSpec());
    this.virtualService = networking('VirtualService', () => this.virtualServiceSpec());
  }

  /**
   * Takes in one more declaration of the host.
   *
   * @throws DestinationConflict if it disagrees with an earlier one, PortConflict if one upstream port would be two things
   */
  public add(declaration: Declaration): void {
    if (declaration.resolution !== this.resolution) {
      this.refuse(declaration, 'resolution', declaration.resolution, this.resolution);
    }
    for (const port of declaration.ports) {
      const known = this.ports.get(port.port);
      const field = known && difference(known, port);
      if (field) this.refuse(declaration, `${field} of port ${port.port}`, port[field], known[field]);
      const clash = [...this.ports.values()].find((p) => p.upstreamPort === port.upstreamPort && !p.tls !== !port.tls);
      if (clash) {
        throw new EgressError('PortConflict', declaration.scope, {
          what: `port ${port.upstreamPort} of ${this.host} cannot speak both HTTP and TLS`,
          given: [clash.port, port.port].map((number) => `called on ${number}`),
          allowed: 'one protocol per port of the external host',
          fix: 'send the two to different ports of the host',
        });
      }
      this.ports.set(port.port, port);
    }
  }

  private refuse(declaration: Declaration, what: string, given: unknown, known: unknown): never {
    throw new EgressError('DestinationConflict', declaration.scope, {
      what: `${this.host} is declared differently on the same exit, in ${what}; all clients of a host share its route`,
      given,
      allowed: `what ${this.declaredBy} says: ${JSON.stringify(known) ?? 'nothing'}`,
      fix: 'make the two equal, or send one of them through an exit of its own',
    });
  }

  private get sortedPorts(): HttpPort[] {
    return [...this.ports.values()].sort((a, b) => a.port - b.port);
  }

  private serviceEntrySpec() {
    const upstream = new Map(this.sortedPorts.map((port) => [port.upstreamPort, port.tls ? 'TLS' : 'HTTP']));
    return toJson_ServiceEntrySpec({
      exportTo: HERE,
      hosts: [this.host],
      ports: [...upstream].map(([number, protocol]) => ({
        name: `${protocol.toLowerCase()}-${number}`,
        number,
        protocol,
      })),
      resolution: RESOLUTION[this.resolution],
    });
  }

  /**
   * TLS stands in subsets: at the top it would also wrap what an application has encrypted itself. The protocol follows
   * the client's, else gRPC would arrive as HTTP/1.1.
   */
  private destinationRuleSpec() {
    return toJson_DestinationRuleSpec({
      exportTo: HERE,
      host: this.host,
      subsets: this.sortedPorts.map((port) => ({
        name: subsetName(port),
        trafficPolicy: { connectionPool: { http: { useClientProtocol: true } }, tls: this.tls(port) },
      })),
    });
  }

  private tls({ tls }: HttpPort): NonNullable<DestinationRuleSpecSubsets['trafficPolicy']>['tls'] {
    if (!tls) return undefined;
    return {
      mode: TlsMode[tls.mode],
      credentialName: tls.credentialName,
      caCertificates: tls.credentialName === undefined ? 'system' : undefined,
      sni: tls.sni ?? this.host,
      subjectAltNames: tls.subjectAltNames ?? [this.host],
    };
  }

  private virtualServiceSpec() {
    const ports = this.sortedPorts;
    return toJson_VirtualServiceSpec({
      exportTo: HERE,
      gateways: [this.gateway.exitName],
      hosts: [this.host],
      http: ports.flatMap((port) =>
        httpRoutes(
          {
            // One port needs no telling apart; what else the Host header may name is refused by the grants.
            match: ports.length > 1 ? { authority: { regex: authorityPattern(this.host, port.port) } } : undefined,
            rewrite: authorityRewrite(this.host, port),
            destination: { host: this.host, port: { number: port.upstreamPort }, subset: subsetName(port) },
            headers: port.headers,
            timeout: port.timeout,
          },
          port.retries,
          'connect-failure,refused-stream,reset,gateway-error',
        ),
      ),
    });
  }
}

/** The host must read its own port in the Host header, not the one that the application called. */
function authorityRewrite(host: string, { port, upstreamPort, tls }: HttpPort): { authority: string } | undefined {
  const called = port === 80 ? host : `${host}:${port}`;
  const own = upstreamPort === (tls ? 443 : 80) ? host : `${host}:${upstreamPort}`;
  return called === own ? undefined : { authority: own };
}

/** The first setting in which two ports differ. */
function difference(a: HttpPort, b: HttpPort): keyof HttpPort | undefined {
  const fields = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof HttpPort)[];
  return fields.find((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field]));
}

function subsetName(port: HttpPort): string {
  return `port-${port.port}`;
}

/** The Host headers of calls to a port, in any case: names are compared so, and so does the policy. */
function authorityPattern(host: string, port: number): string {
  const name = host.replace(/\./g, '\\.');
  return `(?i)${name}${port === 80 ? '(:80)?' : `:${port}`}`;
}

import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { proxiedDestination } from './connect-proxy';
import { exitRoutes, opaqueRoute } from './gateway-routes';
import { ServiceEntrySpecPorts } from '../../imports/networking.istio.io';
import { markExitHost } from '../app/marks';
import { virtualAddress } from '../destination/captured-addresses';
import { httpPorts, identifiedPorts, ResolvedPort, upstreamProtocol } from '../destination/egress-port';
import { OpaquePort } from '../destination/opaque-port';
import { EgressError } from '../errors';
import { ClientServer, ClientServers } from './access/client-servers';
import { SharedAccountability } from '../exit/accountability';
import { OwnGatewayAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { hostInName } from '../exit/names';
import { ObjectKind, objectsOf } from '../mesh/manifest';
import { ObjectSize } from '../mesh/stored-size';
import { dottedName } from '../naming';
import { JudgedCalls } from '../policy/judged-calls';
import { AgreedHost } from '../upstream/agreed-host';
import { needsDestinationRule, upstreamDestinationRule } from '../upstream/destination-rule';
import { upstreamServiceEntry, calledPort, waitingPorts } from '../upstream/service-entry';

const HERE = ['.'];

/** Estimated size of a server without identity in the Gateway as JSON, in characters, without its host. */
const OPEN_SERVER = 160;

/**
 * The objects beside an egress gateway that let one host be reached through it. All declarations of the host share them;
 * who may use them is in the grants. None of them is visible outside of the exit's namespace.
 */
export interface IGatewayHost {
  /** The host, as in manifests. */
  readonly host: string;

  /** Where the host is; undefined behind a forward proxy, which looks it up. */
  readonly serviceEntry?: ApiObject;

  /** How the gateway connects, with a subset per port on which applications speak HTTP; undefined if there is nothing to say. */
  readonly destinationRule?: ApiObject;

  /** The routes from the gateway to the host by what calls say of themselves: HTTP, and TLS without identity. */
  readonly virtualService?: ApiObject;

  /** The routes of the opaque ports, one for each. */
  readonly opaqueVirtualServices: ApiObject[];
}

/** Makes the objects of a host at a gateway. */
export class GatewayHost extends Construct implements IGatewayHost {
  public serviceEntry?: ApiObject;
  public destinationRule?: ApiObject;
  public virtualService?: ApiObject;
  public readonly opaqueVirtualServices: ApiObject[] = [];

  private readonly agreed: AgreedHost;
  private readonly admitted = new Map<number, ClientServers>();
  /** What the rules of its declarations read of calls; undefined without rules. */
  public calls?: JudgedCalls;
  private accountability?: SharedAccountability;
  private atWaypoint?: () => string[] | undefined;

  public constructor(
    scope: Construct,
    public readonly host: string,
    private readonly gateway: OwnGatewayAddress,
    declaration: Declaration,
    private readonly serversSize: ObjectSize,
  ) {
    super(scope, host);
    this.agreed = new AgreedHost(host, declaration);
    markExitHost(this, { namespace: gateway.namespace, host: this.upstreamHost });
  }

  /** Where the host really is: the host itself, unless it is a name of our own. */
  public get upstreamHost(): string {
    return this.agreed.upstreamHost;
  }

  /** The ports that are declared, by number. */
  public get ports(): ResolvedPort[] {
    return this.agreed.ports;
  }

  /**
   * Takes in one more declaration of the host.
   *
   * @throws DestinationConflict if it disagrees with an earlier one, PortConflict if one upstream port would be two things, HostCount
   */
  public add(declaration: Declaration): void {
    this.agreed.add(declaration, (port) => {
      this.checkClash(declaration, port);
      if (port.kind === 'open') this.serversSize.add(declaration.scope, OPEN_SERVER + this.host.length);
      this.make(port);
    });
    const { accountability } = declaration;
    if (accountability) (this.accountability ??= new SharedAccountability()).add(accountability);
    this.accountability?.write([
      this.serviceEntry,
      this.destinationRule,
      this.virtualService,
      ...this.opaqueVirtualServices,
    ]);
  }

  /**
   * Lets the clients of a declaration in on the opaque ports, and has calls routed as its rules read them.
   * @throws HostCount, HttpRuleSyntax
   */
  public admit({ scope, clients, ports, rules }: Declaration): void {
    if (rules.length > 0) (this.calls ??= new JudgedCalls(this)).add(scope, rules, clients);
    for (const port of identifiedPorts(ports)) {
      const known = this.admitted.get(port.port);
      const servers = known ?? new ClientServers(this, this.host, port, this.serversSize);
      servers.admit(scope, clients);
      this.admitted.set(port.port, servers);
      if (!known) this.routeOpaque(port, servers);
    }
    this.accountability?.write(this.opaqueVirtualServices);
  }

  /** The servers for the opaque ports, of those who are told apart by them. */
  public get servers(): ClientServer[] {
    const ports = [...this.admitted.keys()].sort((a, b) => a - b);
    return ports.flatMap((port) => this.admitted.get(port)!.all);
  }

  /**
   * Has a waypoint of the same namespace serve the host as well: its clients know it by the same ServiceEntry, since of two for
   * one host ztunnel would take one, served by whomever.
   *
   * @param addresses Where those clients connect, if not where istiod says
   */
  public serveByWaypoint(name: string, addresses: () => string[] | undefined): void {
    this.atWaypoint = addresses;
    this.serviceEntry?.metadata.addLabel('istio.io/use-waypoint', name);
  }

  /** Objects come with the first port that needs them; their specs are read when everything is declared. */
  private make(port: ResolvedPort): void {
    const { upstream, upstreamHost } = this.agreed;
    const name = hostInName(this.host);
    if (!this.gateway.connectProxy) {
      this.serviceEntry ??= this.networking('ServiceEntry', [name], () =>
        upstreamServiceEntry(upstreamHost, upstream, this.upstreamPorts(), {
          exportTo: HERE,
          addresses: this.address(),
        }),
      );
      if (needsDestinationRule(upstream, [port])) {
        this.destinationRule ??= this.networking('DestinationRule', [name], () =>
          upstreamDestinationRule(upstreamHost, upstream, httpPorts(this.ports), HERE),
        );
      }
    }
    if (port.kind === 'tls' || port.kind === 'tcp') return;
    this.virtualService ??= this.networking('VirtualService', [name], () => exitRoutes(this.gateway, this));
  }

  private routeOpaque(port: OpaquePort, servers: ClientServers): void {
    this.opaqueVirtualServices.push(
      this.networking('VirtualService', [`${port.port}`, hostInName(this.host)], () =>
        opaqueRoute(
          this.gateway,
          servers.all.map(({ serverName }) => serverName),
          this.opaqueDestination(port),
        ),
      ),
    );
  }

  private opaqueDestination(port: OpaquePort) {
    return this.gateway.connectProxy
      ? proxiedDestination(this.gateway.connectProxy, this.upstreamHost, port)
      : { host: this.upstreamHost, port: { number: port.upstreamPort } };
  }

  /** The host's own ports, to which the gateway connects, and those that a waypoint's clients call. */
  private upstreamPorts(): ServiceEntrySpecPorts[] {
    const upstream = new Map(this.ports.map((port) => [port.upstreamPort, upstreamProtocol(port)]));
    const own = [...upstream].map(([number, protocol]) => ({
      name: `${protocol.toLowerCase()}-${number}`,
      number,
      protocol,
    }));
    if (!this.atWaypoint) return own;
    const called = this.ports.filter(({ port }) => !upstream.has(port)).map(calledPort);
    // As the waypoint alone would write them, so that the gateway goes without a change.
    return waitingPorts([...own, ...called], this.ports).sort((a, b) => a.number - b.number);
  }

  /** The gateway's clients do not connect to it; without one, Istio would take the port of one TCP host for every address. */
  private address(): string[] | undefined {
    const called = this.atWaypoint?.();
    if (called) return called;
    return this.ports.some(({ kind }) => kind === 'tcp') ? [virtualAddress(this.upstreamHost)] : undefined;
  }

  private networking(kind: ObjectKind, parts: string[], spec: () => unknown): ApiObject {
    const name = dottedName(this.gateway.exitName, ...parts);
    return objectsOf(this, this.gateway)({ id: [kind, ...parts.slice(0, -1)].join(' '), kind, name, spec });
  }

  private checkClash({ scope }: Declaration, port: ResolvedPort): void {
    const others = this.ports;
    const clash = others.find(
      (p) => p.upstreamPort === port.upstreamPort && upstreamProtocol(p) !== upstreamProtocol(port),
    );
    if (clash) {
      throw new EgressError('PortConflict', scope, {
        what: `port ${port.upstreamPort} of ${this.host} cannot speak both ${upstreamProtocol(clash)} and ${upstreamProtocol(port)}`,
        given: [clash.port, port.port].map((number) => `called on ${number}`),
        allowed: 'one protocol per port of the external host',
        fix: 'send the two to different ports of the host',
      });
    }
    const second = port.kind === 'open' && others.find(({ kind }) => kind === 'open');
    if (second) {
      throw new EgressError('PortConflict', scope, {
        what: `without identity on the hop, the exit sees only the name ${this.host}, not which of its ports is called`,
        given: [second.port, port.port],
        allowed: 'one port of a host without identity',
        fix: 'use EgressPort.tlsPassthrough for one of them',
      });
    }
  }
}

import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import {
  DestinationRuleSpec,
  ServiceEntrySpec,
  VirtualServiceSpecTcpRouteDestination,
} from '../../imports/networking.istio.io';
import { checkHost } from '../destination/host';
import { isWildcard } from '../destination/host-names';
import { OpaquePort } from '../destination/opaque-port';
import { checkPort } from '../destination/port-number';
import { EgressError } from '../errors';
import { OwnGatewayAddress, ProxyAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { hopLabel } from '../exit/names';
import { portName } from '../exit/server-names';
import { ObjectKind, objectsOf } from '../mesh/manifest';
import { Plain } from '../mesh/plain';
import { dottedName } from '../naming';
import { checkOptions, Options } from '../options';

/** A forward proxy, to which an egress gateway sends CONNECT for every host. */
export interface ConnectProxyOptions {
  /** DNS name of the proxy. */
  readonly host: string;

  /**
   * Port on which it takes CONNECT without TLS.
   * @default 3128
   */
  readonly port?: number;
}

const PROXY: Options<ConnectProxyOptions> = { host: 'checked', port: 'checked' };

/** @throws HostSyntax, OutOfRange, WrongType, OptionUnknown */
export function checkProxy(scope: Construct, given: ConnectProxyOptions): ProxyAddress {
  const { host, port = 3128 } = checkOptions(scope, given, PROXY);
  return { host: checkHost(scope, host), port: checkPort(scope, 'connectProxy.port', port) };
}

/** The way to a host through the proxy: to the proxy, with the settings for the host. */
export function proxiedDestination(
  proxy: ProxyAddress,
  host: string,
  { port }: OpaquePort,
): VirtualServiceSpecTcpRouteDestination {
  return { host: proxy.host, port: { number: proxy.port }, subset: hopLabel(portName(host, port)) };
}

/**
 * Istio tunnels connections, not HTTP calls, and a tunnel goes to one name.
 * @throws ExitCannotCarry
 */
export function checkProxyCarries({ scope, ports, hosts, upstream }: Declaration): void {
  const bad = ports.find((port) => port.kind === 'http' || port.kind === 'open');
  const { endpoints, connectionLimits, outlierDetection, resolution } = upstream;
  const ofTheProxy = { endpoints, connectionLimits, outlierDetection, resolution: resolution !== 'DNS' || undefined };
  const [setting] = Object.entries(ofTheProxy).find(([, value]) => value !== undefined) ?? [];
  const given = bad ? `port ${bad.port}` : (hosts.find(isWildcard) ?? setting);
  if (given === undefined) return;
  throw new EgressError('ExitCannotCarry', scope, {
    what: "Istio's `tunnel` sends connections through a forward proxy, each to a name; it cannot do so for HTTP calls, for wildcards or for hosts without identity on the hop, and the proxy finds and connects to the host by itself",
    given,
    allowed:
      'EgressPort.tlsPassthrough and EgressPort.tcp, for exact names without `endpoints`, `resolution`, `connectionLimits` and `outlierDetection`',
    fix: 'let the application speak TLS itself, or use an exit without `connectProxy`',
  });
}

/** The proxy, beside the gateway, with a subset for each host and port that is reached through it. */
export class ConnectProxy extends Construct {
  public readonly serviceEntry: ApiObject;
  public readonly destinationRule: ApiObject;
  private readonly targets = new Map<string, { targetHost: string; targetPort: number }>();

  public constructor(scope: Construct, id: string, gateway: OwnGatewayAddress, proxy: ProxyAddress) {
    super(scope, id);
    const name = dottedName(gateway.exitName, proxy.host);
    const networking = (kind: ObjectKind, spec: () => unknown) => objectsOf(this, gateway)({ kind, name, spec });
    this.serviceEntry = networking(
      'ServiceEntry',
      () =>
        ({
          exportTo: ['.'],
          hosts: [proxy.host],
          // TLS stands for bytes that no proxy reads; it is what goes through the tunnels.
          ports: [{ name: 'tls-connect', number: proxy.port, protocol: 'TLS' }],
          resolution: 'DNS',
        }) satisfies Plain<ServiceEntrySpec>,
    );
    this.destinationRule = networking(
      'DestinationRule',
      () =>
        ({
          exportTo: ['.'],
          host: proxy.host,
          subsets: [...this.targets.keys()].sort().map((subset) => ({
            name: subset,
            trafficPolicy: { tunnel: { protocol: 'CONNECT', ...this.targets.get(subset)! } },
          })),
        }) satisfies Plain<DestinationRuleSpec>,
    );
  }

  /** Has a host reached through the proxy on the ports of a declaration. */
  public reach({ hosts, ports }: Declaration): void {
    for (const host of hosts) {
      for (const { port, upstreamPort } of ports) {
        this.targets.set(hopLabel(portName(host, port)), { targetHost: host, targetPort: upstreamPort });
      }
    }
  }
}

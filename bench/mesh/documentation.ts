/**
 * The peer: per host the objects of Istio's documentation (tasks "Egress Gateways" and "Egress Gateways with TLS Origination"; for
 * TCP its egress gateway for databases), visible to the whole mesh as they are there, and a gateway as its Helm chart makes it.
 */
import { CLIENT, hostsOf, Pattern } from './patterns';

const GATEWAY = { namespace: 'istio-egress', name: 'istio-egressgateway' };
const LABELS = { app: 'istio-egressgateway', istio: 'egressgateway' };
const SERVICE = `${GATEWAY.name}.${GATEWAY.namespace}.svc.cluster.local`;

/** What a pattern calls, and how it comes to the gateway's port. */
interface ExitUse {
  readonly port: number;
  readonly protocol: 'HTTP' | 'TLS' | 'TCP';
  readonly upstreamPort?: number;
  readonly gatewayPort: 80 | 443;
  readonly server: { protocol: string; tls?: string };
  /** Mutual TLS with the host as server name on the way to the gateway. */
  readonly sni?: boolean;
}

const WAYS: Record<Pattern, ExitUse> = {
  http: { port: 80, protocol: 'HTTP', gatewayPort: 80, server: { protocol: 'HTTP' } },
  'tls-origination': {
    port: 80,
    protocol: 'HTTP',
    upstreamPort: 443,
    gatewayPort: 80,
    server: { protocol: 'HTTPS', tls: 'ISTIO_MUTUAL' },
    sni: true,
  },
  'tls-origination-8080': {
    port: 8080,
    protocol: 'HTTP',
    upstreamPort: 443,
    gatewayPort: 80,
    server: { protocol: 'HTTPS', tls: 'ISTIO_MUTUAL' },
    sni: true,
  },
  'tls-passthrough': {
    port: 443,
    protocol: 'TLS',
    gatewayPort: 443,
    server: { protocol: 'TLS', tls: 'PASSTHROUGH' },
  },
  tcp: { port: 5432, protocol: 'TCP', gatewayPort: 443, server: { protocol: 'TLS', tls: 'ISTIO_MUTUAL' }, sni: true },
};

/** The gateway's own objects. */
export function gateway(): object[] {
  const { namespace, name } = GATEWAY;
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { 'istio-injection': 'enabled' } } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name, labels: LABELS },
      spec: {
        selector: LABELS,
        ports: [
          { name: 'http2', port: 80, targetPort: 8080 },
          { name: 'https', port: 443, targetPort: 8443 },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace, name, labels: LABELS },
      spec: {
        selector: { matchLabels: LABELS },
        template: {
          metadata: {
            labels: { ...LABELS, 'sidecar.istio.io/inject': 'true' },
            annotations: { 'inject.istio.io/templates': 'gateway' },
          },
          spec: { serviceAccountName: name, containers: [{ name: 'istio-proxy', image: 'auto' }] },
        },
      },
    },
  ];
}

/** The objects of so many hosts. */
export const documentation = (pattern: Pattern, count: number): object[] =>
  hostsOf(count).flatMap((host, index) => objectsOf(host, WAYS[pattern], addressOf(index)));

/** Those of one host, in a gateway that serves other patterns too: on one port it cannot take both HTTP and TLS. */
export const documentationOf = (pattern: Pattern, host: string): object[] =>
  objectsOf(host, { ...WAYS[pattern], gatewayPort: pattern === 'http' ? 80 : 443 }, addressOf(0));

function objectsOf(host: string, way: ExitUse, virtual: string): object[] {
  const name = host.replaceAll('.', '-');
  const networking = (kind: string, objectName: string, spec: object) => ({
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { namespace: CLIENT.namespace, name: objectName },
    spec,
  });
  const { port, protocol, upstreamPort = port, gatewayPort, server, sni } = way;
  const upstream = {
    number: upstreamPort,
    name: `upstream-${upstreamPort}`,
    protocol: upstreamPort === port ? protocol : 'HTTPS',
  };
  const ports = upstreamPort === port ? [upstream] : [{ number: port, name: 'called', protocol }, upstream];
  const toGateway = { destination: { host: SERVICE, subset: name, port: { number: gatewayPort } }, weight: 100 };
  const toHost = { destination: { host, port: { number: upstreamPort } }, weight: 100 };
  const sniHosts = protocol === 'TLS' ? [host] : undefined;
  const routes = [
    { match: [{ gateways: ['mesh'], port, sniHosts }], route: [toGateway] },
    { match: [{ gateways: [name], port: gatewayPort, sniHosts }], route: [toHost] },
  ];
  return [
    networking('ServiceEntry', name, {
      hosts: [host],
      addresses: protocol === 'TCP' ? [virtual] : undefined,
      ports,
      resolution: 'DNS',
    }),
    networking('Gateway', name, {
      selector: { istio: 'egressgateway' },
      servers: [
        {
          port: { number: gatewayPort, name: 'egress', protocol: server.protocol },
          hosts: [host],
          tls: server.tls && { mode: server.tls },
        },
      ],
    }),
    networking('DestinationRule', `egressgateway-for-${name}`, {
      host: SERVICE,
      subsets: [
        {
          name,
          trafficPolicy: sni && {
            portLevelSettings: [{ port: { number: gatewayPort }, tls: { mode: 'ISTIO_MUTUAL', sni: host } }],
          },
        },
      ],
    }),
    networking('VirtualService', name, {
      hosts: [host],
      gateways: [name, 'mesh'],
      [protocol === 'HTTP' ? 'http' : protocol === 'TLS' ? 'tls' : 'tcp']: routes,
    }),
    ...(upstreamPort === port
      ? []
      : [
          networking('DestinationRule', `originate-tls-for-${name}`, {
            host,
            trafficPolicy: {
              portLevelSettings: [{ port: { number: upstreamPort }, tls: { mode: 'SIMPLE', sni: host } }],
            },
          }),
        ]),
  ];
}

/** By address a sidecar tells apart the TCP hosts of one port. */
export const addressOf = (index: number) => `240.1.${Math.floor(index / 250)}.${(index % 250) + 1}`;

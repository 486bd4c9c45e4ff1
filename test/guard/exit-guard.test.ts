import {
  EgressClient,
  EgressGateway,
  EgressPort,
  EgressWaypoint,
  ExitGuard,
  ExitGuardProps,
  GatewayWorkload,
  GuardMode,
  GuardScope,
  HttpEgress,
  TcpEgress,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from '../../src';
import { parseIpRange, rangesMeet } from '../../src/destination/ip-range';
import { meetsNeverOutside, neverOutside } from '../../src/destination/special-addresses';
import { failing, world } from '../fixtures';

function guarded(props: Partial<ExitGuardProps> = {}, gateway?: Parameters<typeof world>[0]) {
  const fixture = world(gateway);
  new ExitGuard(fixture.platform, 'Guard', { exit: fixture.exit, clusterRanges: ['10.0.0.0/8'], ...props });
  const policy = () => fixture.manifests().only({ kind: 'NetworkPolicy', namespace: 'istio-egress' }).spec;
  /** What goes out, besides DNS and istiod. */
  const out = () => policy().egress.slice(2);
  return { ...fixture, policy, out };
}

const namespaceIs = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
const anywhere = [
  { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', ...neverOutside(4)] } },
  { ipBlock: { cidr: '::/0', except: neverOutside(6) } },
];

test('an exit that grants nothing lets nobody in, and goes nowhere but to DNS and istiod', () => {
  const { policy, out } = guarded();
  expect(policy()).toMatchObject({
    podSelector: { matchLabels: { istio: 'istio-egress' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [],
  });
  expect(out()).toEqual([]);
});

test('clients come in by the port that they use, and the exit goes out to the ports that are granted', () => {
  const { policy, out, exit, chart, clients } = guarded();
  new TlsOriginationEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  new TlsPassthroughEgress(chart, 'B', { hosts: ['b.example'], exit, clients: [EgressClient.namespace('shop')] });
  exit.grant('C', { hosts: ['c.example'], ports: [EgressPort.http({ port: 8000 })], clients });
  expect(policy().ingress).toEqual([
    { from: [namespaceIs('payments')], ports: [{ protocol: 'TCP', port: 8080 }] },
    { from: [namespaceIs('shop')], ports: [{ protocol: 'TCP', port: 8443 }] },
  ]);
  const ports = [443, 8000].map((port) => ({ protocol: 'TCP', port }));
  expect(out()).toEqual([{ to: anywhere, ports }]);
});

test('addresses that are known are the only ones on their port', () => {
  const { out, exit, chart, clients } = guarded();
  const endpoints = [{ address: '192.0.2.7' }];
  new TcpEgress(chart, 'Db', { hosts: ['db.example'], port: 5432, exit, clients, endpoints });
  expect(out()).toEqual([{ to: [{ ipBlock: { cidr: '192.0.2.7/32' } }], ports: [{ protocol: 'TCP', port: 5432 }] }]);
  new TlsPassthroughEgress(chart, 'Same', { hosts: ['b.example'], port: 5432, exit, clients });
  expect(out()).toEqual([{ to: anywhere, ports: [{ protocol: 'TCP', port: 5432 }] }]);
});

/** Where clouds give credentials away, this machine, groups, and IPv4 in the forms of IPv6. */
const NEVER = [
  ...['169.254.169.254', '169.254.170.2', '169.254.170.23', '168.63.129.16', '100.100.100.200', '127.0.0.1'],
  ...['0.0.0.0', '224.0.0.1', '239.255.255.250', '255.255.255.255', '::', '::1', 'ff02::1', 'fe80::a9fe:a9fe'],
  ...['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe'],
  ...[
    '::ffff:127.0.0.1',
    '::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '0:0:0:0:0:ffff:100.100.100.200',
  ],
];

test.each(NEVER)('%s is an address of no host, neither said nor among all others', (address) => {
  const { out, exit, chart, clients } = guarded();
  const declare = (id: string, endpoints?: { address: string }[]) =>
    new TcpEgress(chart, id, { hosts: ['db.example'], port: 5432, exit, clients, endpoints });
  expect(() => declare('Said', [{ address }])).toThrow(failing('NotOutside', address));
  declare('Anywhere');
  // A packet has the address without its IPv6 form.
  const sent = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/^(::ffff:a9fe:a9fe|0:.*)$/, '169.254.169.254');
  const opened = out()[0].to.filter(
    ({ ipBlock: { cidr, except } }: any) =>
      rangesMeet(parseIpRange(cidr)!, parseIpRange(sent)!) &&
      !except.some((range: string) => rangesMeet(parseIpRange(range)!, parseIpRange(sent)!)),
  );
  expect(opened).toEqual([]);
});

test('other addresses are of hosts outside', () => {
  const outside = ['192.0.2.7', '100.100.100.201', '168.63.129.15', '2001:db8::7', '64:ff9b::808:808', 'fd00:ec2::255'];
  expect(outside.filter(meetsNeverOutside)).toEqual([]);
});

test.each([
  'metadata.google.internal',
  'x.metadata.goog',
  '*.google.internal',
  'instance-data.ec2.internal',
  'a.localhost',
])('%s is no host outside', (host) => {
  const { exit, chart, clients } = guarded();
  const make = () => new HttpEgress(chart, 'A', { hosts: [host], exit, clients });
  expect(make).toThrow(failing('NotOutside', host));
});

test('behind a forward proxy, the exit goes to its port alone', () => {
  const { out, exit, chart, clients } = guarded({}, { connectProxy: { host: 'proxy.example' } });
  new TlsPassthroughEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  expect(out()).toEqual([{ to: anywhere, ports: [{ protocol: 'TCP', port: 3128 }] }]);
});

test('the whole mesh, collectors of metrics, and probes of ambient pods come in where it is said', () => {
  const { policy, exit, chart } = guarded({ metricsFrom: ['monitoring'] });
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients: [EgressClient.anyInMesh()] });
  expect(policy().ingress).toEqual([
    { from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 8080 }] },
    { from: [namespaceIs('monitoring')], ports: [{ protocol: 'TCP', port: 15020 }] },
  ]);
  const ambient = guarded({ scope: GuardScope.ambient() });
  new HttpEgress(ambient.chart, 'A', { hosts: ['a.example'], exit: ambient.exit, clients: ambient.clients });
  expect(ambient.policy().ingress).toEqual([
    { from: [namespaceIs('payments')], ports: [{ protocol: 'TCP', port: 15008 }] },
    {
      from: [
        { ipBlock: { cidr: '169.254.7.127/32' } },
        { ipBlock: { cidr: 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128' } },
      ],
      ports: [{ protocol: 'TCP', port: 15021 }],
    },
  ]);
});

test('a waypoint lets its clients in by HBONE', () => {
  const { platform, chart, clients, manifests } = world();
  const exit = new EgressWaypoint(platform, 'Waypoint', { namespace: 'edge' });
  new ExitGuard(platform, 'Guard', { exit, podsMayReachCluster: true });
  new TlsOriginationEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  const { podSelector, ingress, egress } = manifests().only({ kind: 'NetworkPolicy', namespace: 'edge' }).spec;
  expect(podSelector).toEqual({ matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'egress-waypoint' } });
  expect(ingress[0]).toEqual({ from: [namespaceIs('payments')], ports: [{ protocol: 'TCP', port: 15008 }] });
  expect(egress.at(-1).ports).toEqual([{ protocol: 'TCP', port: 443 }]);
});

test('before ENFORCE there is no network policy', () => {
  const { manifests } = guarded({ mode: GuardMode.WARN });
  manifests().countIs({ kind: 'NetworkPolicy' }, 0);
});

test('refuses what is not an exit of its own, and bad ranges', () => {
  const { platform, exit } = world();
  const make = (id: string, props: Partial<ExitGuardProps>) => () =>
    new ExitGuard(platform, id, { exit, clusterRanges: ['10.0.0.0/8'], ...props });
  expect(make('A', { exit: EgressGateway.imported() })).toThrow(failing('ExitCannotCarry'));
  for (const range of ['10.0.0.0/x', '10.0.0.1/8', '0.0.0.0/0', 'fe80::1%eth0', '10.0.0.0/08', '']) {
    expect(make(`C${range}`, { clusterRanges: [range] })).toThrow(failing('AddressSyntax', 'clusterRanges'));
  }
  for (const clusterRanges of [[], undefined]) {
    expect(make(`D${clusterRanges}`, { clusterRanges })).toThrow(failing('ClusterRangesMissing'));
  }
});

test('pods that exist already need their target port', () => {
  const workload = GatewayWorkload.existing({ labels: { a: 'b' }, service: 'edge' });
  const { app, exit, chart, clients } = guarded({}, { workload });
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  expect(() => app.synthYaml()).toThrow(/\[GuardExitUnknown\][^]*httpTargetPort/);
});

test('an exit is closed by the network alone, which no scope leaves out', () => {
  const { platform, exit } = world();
  const scope = GuardScope.sidecars({ podsMayBypassSidecar: true });
  expect(() => new ExitGuard(platform, 'Guard', { exit, podsMayReachCluster: true, scope })).toThrow(
    failing('WrongType', 'podsMayBypassSidecar'),
  );
});

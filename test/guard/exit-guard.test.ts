import {
  EgressClient,
  EgressGateway,
  EgressPort,
  EgressWaypoint,
  ExitGuard,
  ExitGuardProps,
  GatewayWorkload,
  GuardMode,
  HttpEgress,
  TcpEgress,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from '../../src';
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
  { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '169.254.0.0/16'] } },
  { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128', 'fe80::/10'] } },
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
  const ambient = guarded({ ambient: true });
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
  new ExitGuard(platform, 'Guard', { exit, clusterRanges: [] });
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
    new ExitGuard(platform, id, { exit, clusterRanges: [], ...props });
  expect(make('A', { exit: EgressGateway.imported() })).toThrow(failing('ExitCannotCarry'));
  expect(make('C', { clusterRanges: ['10.0.0.0/x'] })).toThrow(failing('AddressSyntax', 'clusterRanges'));
});

test('pods that exist already need their target port', () => {
  const workload = GatewayWorkload.existing({ labels: { a: 'b' }, service: 'edge' });
  const { app, exit, chart, clients } = guarded({}, { workload });
  new HttpEgress(chart, 'A', { hosts: ['a.example'], exit, clients });
  expect(() => app.synthYaml()).toThrow(/\[GuardExitUnknown\][^]*httpTargetPort/);
});

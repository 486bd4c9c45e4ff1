import { Chart } from 'cdk8s';
import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressPort,
  GatewayWorkload,
  HttpEgress,
  TlsPassthroughEgress,
} from '../../src';
import { failing, world } from '../fixtures';

const hosts = ['a.example'];
const MUTUAL = { loadBalancer: { simple: 'ROUND_ROBIN' }, tls: { mode: 'ISTIO_MUTUAL' } };
const rule = (name: string) => ({ kind: 'DestinationRule', namespace: 'istio-egress', name });

test('for HTTP one rule beside the exit tells all sidecars how to connect, and client namespaces hold none', () => {
  const { exit, chart, clients, manifests } = world();
  new HttpEgress(chart, 'A', { hosts, exit, clients });
  expect(manifests().only(rule('istio-egress')).spec).toEqual({
    exportTo: ['*'],
    host: 'istio-egress.istio-egress.svc.cluster.local',
    trafficPolicy: {
      portLevelSettings: [{ port: { number: 80 }, ...MUTUAL, connectionPool: { http: { useClientProtocol: true } } }],
    },
  });
  expect(exit.destinationRule!.name).toBe('istio-egress');
  manifests().countIs({ kind: 'DestinationRule', namespace: 'payments' }, 0);
  expect(() => exit.clientDestinationRule('payments')).toThrow(failing('NotDeclared', 'payments'));
});

test('each client namespace has a rule of its own for what nobody reads, with a subset for each server name', () => {
  const { exit, chart, clients, manifests } = world();
  new Egress(chart, 'A', { hosts, exit, clients, ports: [EgressPort.tlsPassthrough(), EgressPort.tcp(5432)] });
  new TlsPassthroughEgress(chart, 'B', { hosts: ['b.example'], exit, clients: [EgressClient.namespace('shop')] });
  expect(manifests().only(rule('istio-egress.payments')).spec).toEqual({
    exportTo: ['payments'],
    host: 'istio-egress-tls.istio-egress.svc.cluster.local',
    trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, ...MUTUAL }] },
    subsets: [
      { name: 'sa-443-a-example', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: 'sa.443.a.example' } } },
      { name: 'sa-5432-a-example', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: 'sa.5432.a.example' } } },
    ],
  });
  expect(exit.clientDestinationRule('shop').toJson().spec).toMatchObject({
    exportTo: ['shop'],
    subsets: [{ name: 'ns-shop-443-b-example' }],
  });
});

test('a grant makes the rule for another repo, which has none', () => {
  const { exit, chart, clients, manifests } = world();
  exit.grant('A', { hosts, clients, ports: [EgressPort.tlsPassthrough()] });
  new TlsPassthroughEgress(chart, 'A', { hosts, clients, exit: EgressGateway.imported() });
  expect(manifests().only(rule('istio-egress.payments')).spec.subsets).toHaveLength(1);
  manifests().countIs({ kind: 'DestinationRule', namespace: 'payments' }, 0);
});

test('without identity there is nothing around the TLS of the application', () => {
  const { exit, chart, clients, manifests } = world();
  for (const host of ['a.example', 'b.example']) {
    const ports = [EgressPort.tlsPassthroughWithoutIdentity()];
    new Egress(chart, host, { hosts: [host], exit, clients, ports });
  }
  manifests().has(rule('istio-egress.payments'), {
    spec: { subsets: [{ name: 'without-identity', trafficPolicy: { tls: { mode: 'DISABLE', sni: undefined } } }] },
  });
});

test('the order of declarations changes nothing', () => {
  const subsets = (...declared: string[]) => {
    const { app, exit, clients, manifests } = world();
    for (const host of declared) {
      new TlsPassthroughEgress(new Chart(app, host), 'A', { hosts: [host], exit, clients });
    }
    return manifests().only(rule('istio-egress.payments')).spec.subsets;
  };
  expect(subsets('a.example', 'b.example')).toEqual(subsets('b.example', 'a.example'));
});

describe('on pods behind one Service for everything', () => {
  const workload = GatewayWorkload.existing({
    labels: { a: 'b' },
    service: 'edge',
    httpTargetPort: 8080,
    tlsTargetPort: 8443,
  });

  test('each client namespace has one rule for both, which speaks of no other port', () => {
    const { exit, chart, clients, manifests } = world({ workload });
    new HttpEgress(chart, 'A', { hosts, exit, clients });
    new TlsPassthroughEgress(chart, 'B', { hosts: ['b.example'], exit, clients });
    const { spec } = manifests().only({ kind: 'DestinationRule', name: 'istio-egress.payments' });
    expect(spec.trafficPolicy.portLevelSettings.map(({ port }: any) => port.number)).toEqual([80, 443]);
    expect(spec.subsets).toHaveLength(1);
    manifests().countIs(rule('istio-egress'), 0);
    expect(exit.destinationRule).toBeUndefined();
  });

  test('the whole mesh and TLS passthrough do not go together: sidecars would take one of two rules', () => {
    const { exit, chart, clients, manifests } = world({ workload });
    new HttpEgress(chart, 'A', { hosts, exit, clients: [EgressClient.anyInMesh()] });
    manifests().has(rule('istio-egress'), { spec: { exportTo: ['*'] } });
    expect(() => new TlsPassthroughEgress(chart, 'B', { hosts: ['b.example'], exit, clients })).toThrow(
      failing('ExitCannotCarry', 'tlsService'),
    );
  });
});

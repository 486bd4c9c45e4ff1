import { Chart } from 'cdk8s';
import { Egress, EgressPort, TlsPassthroughEgress } from '../../src';
import { world } from '../fixtures';

const hosts = ['a.example'];
const TLS_SERVICE = 'istio-egress-tls.istio-egress.svc.cluster.local';

test('every server name has a subset, and what asks for none is mutual TLS as well', () => {
  const { exit, chart, clients, manifests } = world();
  new Egress(chart, 'A', { hosts, exit, clients, ports: [EgressPort.tlsPassthrough(), EgressPort.tcp(5432)] });
  const rule = manifests().only({ kind: 'DestinationRule', namespace: 'payments' });
  expect(rule.metadata.name).toBe('payments.istio-egress.tls');
  expect(rule.spec).toEqual({
    exportTo: ['.'],
    host: TLS_SERVICE,
    trafficPolicy: { loadBalancer: { simple: 'ROUND_ROBIN' }, tls: { mode: 'ISTIO_MUTUAL' } },
    subsets: [
      { name: 'sa-443-a-example', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: 'sa.443.a.example' } } },
      { name: 'sa-5432-a-example', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: 'sa.5432.a.example' } } },
    ],
  });
});

test('HTTP and what nobody reads go to Services of their own, with a rule for each', () => {
  const { exit, chart, clients, manifests } = world();
  const egress = new Egress(chart, 'A', {
    hosts,
    exit,
    clients,
    ports: [EgressPort.http(), EgressPort.tlsPassthrough()],
  });
  const names = egress.clientHop('payments').destinationRules.map(({ name }) => name);
  expect(names).toEqual(['payments.istio-egress', 'payments.istio-egress.tls']);
  // A subset of the whole would make one more cluster for each of its subsets.
  manifests().has({ name: 'payments.istio-egress' }, { spec: { subsets: undefined } });
});

test('without identity there is nothing around the TLS of the application', () => {
  const { exit, chart, clients, manifests } = world();
  for (const host of ['a.example', 'b.example']) {
    const ports = [EgressPort.tlsPassthroughWithoutIdentity()];
    new Egress(chart, host, { hosts: [host], exit, clients, ports });
  }
  manifests().has(
    { name: 'payments.istio-egress.tls' },
    { spec: { subsets: [{ name: 'without-identity', trafficPolicy: { tls: { mode: 'DISABLE', sni: undefined } } }] } },
  );
});

test('declarations of a chart share the rule, whatever their order', () => {
  const names = (...declared: string[]) => {
    const { exit, chart, clients, manifests } = world();
    for (const host of declared) new TlsPassthroughEgress(chart, host, { hosts: [host], exit, clients });
    return manifests().only({ kind: 'DestinationRule', namespace: 'payments' }).spec.subsets;
  };
  expect(names('a.example', 'b.example')).toEqual(names('b.example', 'a.example'));
});

test('two charts bring a rule each, of which Istio takes the top of one and the subsets of both', () => {
  const { app, exit, chart, clients, manifests } = world();
  new TlsPassthroughEgress(chart, 'A', { hosts, exit, clients });
  new TlsPassthroughEgress(new Chart(app, 'other'), 'B', { hosts: ['b.example'], exit, clients });
  const rules = manifests().find({ kind: 'DestinationRule', namespace: 'payments' });
  expect(rules.map(({ spec }) => spec.subsets.length)).toEqual([1, 1]);
  expect(rules[0].spec.trafficPolicy).toEqual(rules[1].spec.trafficPolicy);
  expect(rules.map(({ spec }) => spec.exportTo)).toEqual([['.'], ['.']]);
});

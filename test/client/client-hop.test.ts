import { Chart } from 'cdk8s';
import { EgressClient, EgressGateway, EgressPort, Egress, GatewayWorkload, HttpEgress, HttpRetries } from '../../src';
import { failing, world } from '../fixtures';

const hosts = ['a.example'];

test('each namespace leads its own calls and shows them to nobody', () => {
  const { exit, chart, manifests } = world();
  const clients = [
    EgressClient.namespace('payments'),
    EgressClient.serviceAccount('payments', 'x'),
    EgressClient.namespace('shop'),
  ];
  const egress = new HttpEgress(chart, 'News', { hosts, exit, clients });
  expect(egress.clientHops.map((hop) => hop.namespace)).toEqual(['payments', 'shop']);
  for (const namespace of ['payments', 'shop']) {
    const [{ kind, metadata, spec }, ...others] = manifests().find({ namespace });
    expect([kind, metadata.name]).toEqual(['VirtualService', `${namespace}.a.example`]);
    expect(spec).toMatchObject({ exportTo: ['.'], hosts });
    expect(others).toEqual([]);
  }
});

test('another port than 80 needs a ServiceEntry, which has no endpoint to leak to', () => {
  const { exit, chart, clients, manifests } = world();
  new Egress(chart, 'A', {
    hosts,
    exit,
    clients,
    ports: [EgressPort.http(), EgressPort.tlsOrigination({ port: 8080 })],
  });
  const { metadata, spec } = manifests().only({ kind: 'ServiceEntry', namespace: 'payments' });
  expect(metadata.name).toBe('payments.a.example');
  expect(spec).toEqual({
    exportTo: ['.'],
    hosts,
    ports: [{ name: 'http-8080', number: 8080, protocol: 'HTTP' }],
    resolution: 'STATIC',
  });
});

test('a gateway without port 80 needs a ServiceEntry for port 80 too', () => {
  const workload = GatewayWorkload.existing({ labels: { a: 'b' }, service: 'edge', httpPort: 8080 });
  const { exit, chart, clients, manifests } = world({ workload });
  new HttpEgress(chart, 'A', { hosts, exit, clients });
  manifests().has({ kind: 'ServiceEntry', namespace: 'payments' }, { spec: { ports: [{ number: 80 }] } });
  manifests().has(
    { kind: 'VirtualService', namespace: 'payments' },
    {
      spec: {
        http: [{ route: [{ destination: { host: 'edge.istio-egress.svc.cluster.local', port: { number: 8080 } } }] }],
      },
    },
  );
});

test('sends again what the exit cut off, if that is declared safe, and never an answer', () => {
  const { exit, chart, clients, manifests } = world();
  new HttpEgress(chart, 'A', { hosts, exit, clients, retries: HttpRetries.idempotent(2) });
  const { http } = manifests().only({ kind: 'VirtualService', namespace: 'payments' }).spec;
  expect(http.map((route: any) => route.retries)).toEqual([
    { attempts: 2, retryOn: 'connect-failure,refused-stream,reset' },
    { attempts: 0 },
  ]);
  expect(http[0].match).toEqual([{ port: 80, method: { regex: 'GET|HEAD|OPTIONS|TRACE|PUT|DELETE' } }]);
});

test('the whole mesh is led from beside the exit', () => {
  const { exit, chart, manifests } = world();
  new HttpEgress(chart, 'A', { hosts, exit, clients: [EgressClient.anyInMesh()] });
  manifests().has(
    { kind: 'VirtualService', namespace: 'istio-egress', name: 'any.mesh.a.example' },
    { spec: { exportTo: ['*'] } },
  );
});

test('the whole mesh cannot be led through an imported exit, nor on another port', () => {
  const { exit, chart } = world();
  const clients = [EgressClient.anyInMesh()];
  expect(() => new HttpEgress(chart, 'A', { hosts, exit: EgressGateway.imported(), clients })).toThrow(
    failing('ExitCannotCarry', 'imported'),
  );
  expect(() => new HttpEgress(chart, 'B', { hosts, exit, clients, port: 8080 })).toThrow(
    failing('ExitCannotCarry', '8080'),
  );
});

test('declarations of one chart or several keep to their own hosts', () => {
  const { app, exit, chart, clients, manifests } = world();
  new HttpEgress(chart, 'A', { hosts: ['a.example', 'b.example'], exit, clients });
  new HttpEgress(new Chart(app, 'other'), 'A', { hosts: ['c.example'], exit, clients });
  expect(
    manifests()
      .find({ kind: 'VirtualService', namespace: 'payments' })
      .map(({ spec }) => spec.hosts),
  ).toEqual([['a.example'], ['b.example'], ['c.example']]);
});

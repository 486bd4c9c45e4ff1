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
    manifests().has({ kind: 'VirtualService', namespace }, { spec: { exportTo: ['.'], hosts, gateways: undefined } });
    manifests().has(
      { kind: 'DestinationRule', namespace },
      {
        spec: {
          exportTo: ['.'],
          host: 'istio-egress.istio-egress.svc.cluster.local',
          trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
        },
      },
    );
    manifests().countIs({ kind: 'ServiceEntry', namespace }, 0);
  }
});

test('a chart has one rule per namespace and exit, however much it declares', () => {
  const { exit, app, chart, clients, manifests } = world();
  const other = new Chart(app, 'other');
  for (const [scope, id] of [
    [chart, 'A'],
    [chart, 'B'],
    [other, 'C'],
  ] as const) {
    new HttpEgress(scope, id, { hosts: [`${id}.example`], exit, clients });
  }
  const names = manifests()
    .find({ kind: 'DestinationRule', namespace: 'payments' })
    .map(({ metadata }) => metadata.name);
  expect(names).toEqual(['payments.istio-egress', 'payments-other.istio-egress']);
});

test('another port than 80 needs a ServiceEntry, which has no endpoint to leak to', () => {
  const { exit, chart, clients, manifests } = world();
  new Egress(chart, 'A', {
    hosts,
    exit,
    clients,
    ports: [EgressPort.http(), EgressPort.tlsOrigination({ port: 8080 })],
  });
  const { spec } = manifests().only({ kind: 'ServiceEntry', namespace: 'payments' });
  expect(spec).toEqual({
    exportTo: ['.'],
    hosts,
    ports: [{ name: 'http-8080', number: 8080, protocol: 'HTTP' }],
    resolution: 'STATIC',
  });
  manifests().has(
    { kind: 'VirtualService', namespace: 'payments' },
    { spec: { http: [{ match: [{ port: 80 }] }, { match: [{ port: 8080 }] }] } },
  );
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
    { kind: 'VirtualService', namespace: 'istio-egress', name: 'istio-egress-payments-a' },
    { spec: { exportTo: ['*'] } },
  );
  manifests().has({ kind: 'DestinationRule', namespace: 'istio-egress' }, { spec: { exportTo: ['*'] } });
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

test('a ServiceEntry takes 256 hosts, port 80 any number', () => {
  const { exit, chart, clients } = world();
  const many = Array.from({ length: 257 }, (_, i) => `h${i}.example`);
  new HttpEgress(chart, 'A', { hosts: many, exit, clients });
  expect(
    () => new HttpEgress(chart, 'B', { hosts: many, exit: EgressGateway.imported(), clients, port: 8080 }),
  ).toThrow(failing('HostCount', '257'));
});

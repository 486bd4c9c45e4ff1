/** What another team's Gateway can do to an exit's pods, with and without istiod's PILOT_SCOPE_GATEWAY_TO_NAMESPACE. */
import { example, stage } from './examples';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const granted = { from: 'payments/checkout', url: 'http://api.stripe.com/v1/charges' };
const metadata = { name: 'take', namespace: 'mallory' };
const networking = (kind: string, spec: object) => ({ apiVersion: 'networking.istio.io/v1', kind, metadata, spec });

/** Names the server that the clients' sidecars ask for, which is more than the exit's own Gateway does. */
const TAKEOVER = [
  networking('Gateway', {
    selector: { istio: 'istio-egress' },
    servers: [
      {
        port: { number: 80, name: 'http', protocol: 'HTTPS' },
        hosts: ['*.istio-egress.svc.cluster.local', 'api.stripe.com'],
        tls: { mode: 'ISTIO_MUTUAL' },
      },
    ],
  }),
  networking('VirtualService', {
    hosts: ['api.stripe.com'],
    gateways: ['take'],
    http: [{ route: [{ destination: { host: 'sink.mallory.svc.cluster.local', port: { number: 80 } } }] }],
  }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'sink', namespace: 'mallory' },
    spec: { selector: { app: 'sink' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  },
];

beforeAll(async () => {
  await mesh.namespace('mallory');
  await mesh.workload({ namespace: 'mallory', name: 'sink' });
  await stage(mesh, example('dist/tls-origination'));
});
afterAll(async () => {
  await mesh.restartIstiod();
  await mesh.reset();
});
afterEach(async () => mesh.delete(TAKEOVER));

test('with it, the Gateway has no effect', async () => {
  await mesh.expect(granted, { outcome: 'allowed', server: 'api.stripe.com', upstream: 'tls' });
  await mesh.apply(TAKEOVER);
  await mesh.settled();
  await mesh.expect(granted, { outcome: 'allowed', server: 'api.stripe.com', upstream: 'tls' });
});

test("without it, which is Istio's default, the Gateway takes the calls of the exit's clients", async () => {
  await mesh.restartIstiod({ PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'false' });
  await mesh.settled();
  await mesh.expect(granted, { outcome: 'allowed', server: 'api.stripe.com', upstream: 'tls' }, { within: 30_000 });
  await mesh.apply(TAKEOVER);
  await mesh.settled();
  // Connections of before would keep what the exit's port was for up to Envoy's drain time.
  await mesh.restart('payments/checkout');
  await mesh.expect(granted, { outcome: 'refused', status: 200, by: 'mallory/sink' });
});

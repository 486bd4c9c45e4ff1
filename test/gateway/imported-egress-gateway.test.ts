import { Egress, EgressClient, EgressGateway, EgressGatewayAttributes, EgressPort, HttpRule, Mesh } from '../../src';
import { failing, world } from '../fixtures';

/** The Services to which a declaration of both kinds of ports is led. */
function led(attributes?: EgressGatewayAttributes): string[] {
  const { chart, clients, manifests } = world();
  const exit = EgressGateway.imported(attributes);
  const ports = [EgressPort.http(), EgressPort.tlsPassthrough()];
  new Egress(chart, 'A', { hosts: ['a.example'], exit, clients, ports });
  const { http, tls } = manifests().only({ kind: 'VirtualService', namespace: 'payments' }).spec;
  return [...http, ...tls].map(({ route: [{ destination }] }: any) => `${destination.host}:${destination.port.number}`);
}

test.each([
  [undefined, 'istio-egress.istio-egress', 80, 'istio-egress-tls.istio-egress', 443],
  [{ name: 'partner', namespace: 'edge' }, 'partner.edge', 80, 'partner-tls.edge', 443],
  [{ service: 'gw', httpPort: 8080, tlsPort: 8443 }, 'gw.istio-egress', 8080, 'gw.istio-egress', 8443],
  [{ service: 'gw', tlsService: 'gw-tls' }, 'gw.istio-egress', 80, 'gw-tls.istio-egress', 443],
])('%j leads to %s:%d and %s:%d', (attributes, http, httpPort, tls, tlsPort) => {
  expect(led(attributes)).toEqual([`${http}.svc.cluster.local:${httpPort}`, `${tls}.svc.cluster.local:${tlsPort}`]);
});

test('the defaults of both repos meet for what nobody reads, too', () => {
  const { exit, clients, manifests } = world();
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.tlsPassthrough()], clients });
  const services = manifests()
    .find({ kind: 'Service' })
    .map(({ metadata, spec }) => `${metadata.name}.${metadata.namespace}.svc.cluster.local:${spec.ports[0].port}`);
  expect(led()).toEqual(services);
});

test("follows the mesh's cluster domain", () => {
  const { chart, clients, manifests } = world(undefined, { clusterDomain: 'corp.example' });
  expect(Mesh.of(chart).clusterDomain).toBe('corp.example');
  new Egress(chart, 'A', {
    hosts: ['a.example.com'],
    exit: EgressGateway.imported(),
    clients,
    ports: [EgressPort.http()],
  });
  const { http } = manifests().only({ kind: 'VirtualService', namespace: 'payments' }).spec;
  expect(http[0].route[0].destination.host).toBe('istio-egress.istio-egress.svc.corp.example');
});

test('what its owner decides changes nothing here: one destination serves both repos', () => {
  const made = (options: object) => {
    const { chart, clients, manifests } = world();
    const exit = EgressGateway.imported();
    new Egress(chart, 'A', { hosts: ['a.example'], exit, clients, ports: [EgressPort.http()], ...options });
    return manifests().find({ namespace: 'payments' });
  };
  const decided = {
    rules: [HttpRule.allow({ methods: ['GET'] })],
    connectionLimits: { maxConnections: 1 },
    outlierDetection: {},
    endpoints: [{ address: '192.0.2.7' }],
  };
  expect(made(decided)).toEqual(made({}));
});

test.each([
  [{ name: 'A' }, 'NameSyntax'],
  [{ namespace: 'a.b' }, 'NameSyntax'],
  [{ service: '' }, 'NameSyntax'],
  [{ tlsService: 'A' }, 'NameSyntax'],
  [{ httpPort: 0 }, 'OutOfRange'],
  [{ tlsPort: 70000 }, 'OutOfRange'],
])('refuses %j', (attributes, code) => {
  expect(() => EgressGateway.imported(attributes)).toThrow(failing(code, 'EgressGateway.imported'));
});

test('a client in the namespace of the gateway is refused here, too', () => {
  expect(() => {
    const { chart } = world();
    const clients = [EgressClient.namespace('istio-egress')];
    const exit = EgressGateway.imported();
    new Egress(chart, 'A', { hosts: ['a.example'], exit, clients, ports: [EgressPort.http()] });
  }).toThrow(failing('ClientInExitNamespace'));
});

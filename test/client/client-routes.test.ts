import { Egress, EgressPort, EgressProps, GatewayWorkload, MeshSettings } from '../../src';
import { failing, world } from '../fixtures';

/** The routes in the client's namespace for the last host of a declaration through a gateway. */
function routes(props: Partial<EgressProps>, mesh?: MeshSettings, workload?: GatewayWorkload) {
  const { exit, chart, clients, manifests } = world({ workload }, mesh);
  new Egress(chart, 'A', { hosts: ['a.example'], exit, clients, ports: [], ...props });
  return manifests().find({ kind: 'VirtualService', namespace: 'payments' }).at(-1)!.spec;
}

const to = (subset: string, host = 'istio-egress-tls.istio-egress.svc.cluster.local', number = 443) => [
  { destination: { host, port: { number }, subset } },
];

test('TLS is recognised by its server name, and goes to the subset of its host and port', () => {
  const spec = routes({ hosts: ['a.example', 'b.example'], ports: [EgressPort.tlsPassthrough({ port: 8443 })] });
  expect(spec.tls).toEqual([{ match: [{ port: 8443, sniHosts: ['b.example'] }], route: to('sa-8443-b-example') }]);
  expect([spec.http, spec.tcp]).toEqual([undefined, undefined]);
});

test('TCP is recognised by address and port', () => {
  const ports = [EgressPort.tcp(5432)];
  const match = (props: object, mesh?: MeshSettings) => routes({ ports, ...props }, mesh).tcp[0].match;
  expect(match({})).toEqual([{ port: 5432 }]);
  expect(match({ addresses: ['10.0.0.0/24'] })).toEqual([{ port: 5432, destinationSubnets: ['10.0.0.0/24'] }]);
  expect(match({}, { dnsProxying: true })[0].destinationSubnets).toHaveLength(1);
  expect(routes({ ports }).tcp[0].route).toEqual(to('sa-5432-a-example'));
});

test('a wildcard is recognised by any name below it', () => {
  const endpoints = [{ address: 'www.example.com' }];
  const spec = routes({ hosts: ['*.example.com'], endpoints, ports: [EgressPort.tlsPassthrough(), EgressPort.http()] });
  expect(spec.hosts).toEqual(['*.example.com']);
  expect(spec.tls).toEqual([
    { match: [{ port: 443, sniHosts: ['*.example.com'] }], route: to('sa-443--any-example-com') },
  ]);
  expect(spec.http).toHaveLength(1);
});

test('each port of a declaration has a way of its own', () => {
  const ports = [
    EgressPort.http(),
    EgressPort.tlsPassthrough(),
    EgressPort.tlsPassthroughWithoutIdentity({ port: 8443 }),
    EgressPort.tcp(5432),
  ];
  const spec = routes({ ports });
  expect(spec.http.map(({ match }: any) => match[0].port)).toEqual([80]);
  expect(spec.tls.map(({ route }: any) => route)).toEqual([to('sa-443-a-example'), to('without-identity')]);
  expect(spec.tcp.map(({ route }: any) => route)).toEqual([to('sa-5432-a-example')]);
});

test('what arrives at the exit names the port that was called, whatever the application writes into Host', () => {
  const http = (...ports: number[]) =>
    routes({ ports: ports.map((port) => EgressPort.http({ port })) }).http.map(({ match, rewrite }: any) => [
      match[0],
      rewrite?.authority,
    ]);
  expect(http(8080)).toEqual([[{ port: 8080 }, 'a.example:8080']]);
  expect(http(80, 8080)).toEqual([
    [{ port: 80 }, 'a.example'],
    [{ port: 8080 }, 'a.example:8080'],
  ]);
  // Alone, port 80 needs none: by the name of another port the exit refuses it, and each byte is in every sidecar.
  expect(http(80)).toEqual([[{ port: 80 }, undefined]]);
});

test('below a wildcard, whose names cannot be rewritten, a route takes only what names its port', () => {
  const patterns = (...ports: number[]) =>
    routes({
      hosts: ['*.example.com'],
      endpoints: [{ address: 'www.example.com' }],
      ports: ports.map((port) => EgressPort.http({ port })),
    }).http.map(({ match, rewrite }: any) => [match[0].authority?.regex, rewrite]);
  expect(patterns(80)).toEqual([[undefined, undefined]]);
  expect(patterns(80, 8080)).toEqual([
    ['[^:]+(:80)?', undefined],
    ['[^:]+:8080', undefined],
  ]);
});

test('on pods that exist already, everything may go to one Service', () => {
  const labels = { istio: 'edge' };
  const pods = (more: object) =>
    GatewayWorkload.existing({ labels, service: 'edge', httpTargetPort: 8080, tlsTargetPort: 8443, ...more });
  const route = (more: object) => routes({ ports: [EgressPort.tlsPassthrough()] }, {}, pods(more)).tls[0].route;
  expect(route({})).toEqual(to('sa-443-a-example', 'edge.istio-egress.svc.cluster.local'));
  expect(route({ tlsService: 'edge-tls', tlsPort: 8443 })).toEqual(
    to('sa-443-a-example', 'edge-tls.istio-egress.svc.cluster.local', 8443),
  );
});

test('HTTP and what nobody reads never share a port: a grant for the one would be a grant for the other', () => {
  const grant = (ports: object) => () =>
    routes(
      { ports: [EgressPort.tlsPassthrough()] },
      {},
      GatewayWorkload.existing({ labels: { a: 'b' }, service: 'edge', tlsTargetPort: 8443, ...ports }),
    );
  expect(grant({ httpTargetPort: 8443 })).toThrow(failing('PortConflict', '8443'));
  expect(grant({ httpPort: 443 })).toThrow(failing('PortConflict', '443'));
  expect(grant({ httpPort: 443, tlsPort: 8443 })).not.toThrow();
});

import { Duration } from 'cdk8s';
import { Egress, EgressGrantOptions, EgressPort, HostResolution, TcpEgress } from '../../src';
import { failing, world } from '../fixtures';

const connectProxy = { host: 'Proxy.corp.example', port: 8888 };

function through(options: Partial<EgressGrantOptions>) {
  const { exit, clients, manifests } = world({ connectProxy });
  const ports = [EgressPort.tlsPassthrough()];
  exit.grant('A', { hosts: ['a.example'], ports, clients, ...options });
  return { exit, all: manifests() };
}

test('the exit finds the proxy, and sends CONNECT for each host and port', () => {
  const { exit, all } = through({
    hosts: ['b.example', 'a.example'],
    ports: [EgressPort.tlsPassthrough(), EgressPort.tcp(5432, { upstreamPort: 6432 })],
  });
  all.countIs({ kind: 'ServiceEntry' }, 1);
  all.has(
    { kind: 'ServiceEntry', name: 'istio-egress.proxy.corp.example' },
    { spec: { exportTo: ['.'], hosts: ['proxy.corp.example'], ports: [{ number: 8888 }], resolution: 'DNS' } },
  );
  const { subsets } = all.only({ kind: 'DestinationRule', name: 'istio-egress.proxy.corp.example' }).spec;
  expect(subsets.map(({ name, trafficPolicy }: any) => [name, trafficPolicy.tunnel])).toEqual([
    ['443-a-example', { protocol: 'CONNECT', targetHost: 'a.example', targetPort: 443 }],
    ['443-b-example', { protocol: 'CONNECT', targetHost: 'b.example', targetPort: 443 }],
    ['5432-a-example', { protocol: 'CONNECT', targetHost: 'a.example', targetPort: 6432 }],
    ['5432-b-example', { protocol: 'CONNECT', targetHost: 'b.example', targetPort: 6432 }],
  ]);
  expect(exit.host('a.example').serviceEntry).toBeUndefined();
});

test('the routes of the exit lead to the proxy', () => {
  const { all } = through({});
  const [{ route }] = all.only({ kind: 'VirtualService' }).spec.tcp;
  expect(route).toEqual([
    { destination: { host: 'proxy.corp.example', port: { number: 8888 }, subset: '443-a-example' } },
  ]);
});

test('callers notice nothing of it', () => {
  const routes = (props?: object) => {
    const { exit, chart, clients, manifests } = world(props);
    new TcpEgress(chart, 'A', { hosts: ['a.example'], port: 5432, exit, clients });
    return manifests().only({ kind: 'VirtualService', namespace: 'payments' });
  };
  expect(routes({ connectProxy })).toEqual(routes());
});

test('without a port it is the one that proxies are found at', () => {
  const { manifests } = world({ connectProxy: { host: 'proxy.corp.example' } });
  manifests().has({ kind: 'ServiceEntry' }, { spec: { ports: [{ number: 3128 }] } });
});

test.each([
  ['HTTP', { ports: [EgressPort.tlsOrigination()] }, 'port 80'],
  ['what is without identity', { ports: [EgressPort.tlsPassthroughWithoutIdentity()] }, 'port 443'],
  ['wildcards', { hosts: ['*.a.example'], endpoints: [{ address: 'a.example' }] }, '*.a.example'],
  ['endpoints', { endpoints: [{ address: '192.0.2.7' }] }, 'endpoints'],
  ['limits', { connectionLimits: { connectTimeout: Duration.seconds(1) } }, 'connectionLimits'],
  ['outliers', { outlierDetection: {} }, 'outlierDetection'],
  ['a resolution of its own', { resolution: HostResolution.DNS_ROUND_ROBIN }, 'resolution'],
])('no tunnel carries %s', (_, options, given) => {
  expect(() => through(options)).toThrow(failing('ExitCannotCarry', given));
});

test.each([
  [{ host: 'localhost' }, 'HostSyntax'],
  [{ host: '10.0.0.1' }, 'HostIpAddress'],
  [{ host: 'proxy.corp.example', port: 0 }, 'OutOfRange'],
])('refuses %j', (proxy, code) => {
  expect(() => world({ connectProxy: proxy })).toThrow(failing(code));
});

test('says that the way leads through the proxy', () => {
  const { app, exit, chart, clients } = world({ connectProxy });
  new TcpEgress(chart, 'A', { hosts: ['a.example'], port: 5432, exit, clients });
  expect(Egress.describe(app)[0]).toContain('through proxy.corp.example:8888');
});

import { made } from './waypoint';
import { EgressPort, TlsCredential, UpstreamTls } from '../../src';
import { virtualAddress } from '../../src/destination/captured-addresses';
import { failing, openTcp } from '../fixtures';

test('the ServiceEntry names the waypoint, the ports as they are called, and DNS', () => {
  const ports = [EgressPort.tlsOrigination(), EgressPort.http({ port: 8080 }), EgressPort.tlsPassthrough()];
  const [{ metadata, spec }] = made('ServiceEntry', { ports });
  expect(metadata).toMatchObject({
    name: 'egress-waypoint.a.example',
    namespace: 'istio-egress',
    labels: { 'istio.io/use-waypoint': 'egress-waypoint' },
  });
  expect(spec).toEqual({
    exportTo: ['.'],
    hosts: ['a.example'],
    ports: [
      { name: 'http-80', number: 80, protocol: 'HTTP', targetPort: 443 },
      { name: 'tls-443', number: 443, protocol: 'TLS' },
      { name: 'http-8080', number: 8080, protocol: 'HTTP' },
    ],
    resolution: 'DNS',
  });
});

test('a host with a TCP port has an address of its own, another one has none', () => {
  const [tcp] = made('ServiceEntry', { ports: [EgressPort.tcp(5432, { upstreamPort: 6432 })] });
  expect(tcp.spec.addresses).toEqual([expect.stringMatching(/^24\d\./)]);
  // Of TLS, so that the waypoint waits for the caller's first bytes before it connects.
  expect(tcp.spec.ports).toEqual([{ name: 'tcp-5432', number: 5432, protocol: 'TLS', targetPort: 6432 }]);
  expect(made('ServiceEntry', {})[0].spec.addresses).toBeUndefined();
});

test('TLS is originated in a subset, and the name in the certificate is verified', () => {
  const [{ spec }] = made('DestinationRule', { ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()] });
  expect(spec.trafficPolicy).toBeUndefined();
  expect(spec.subsets).toEqual([
    {
      name: 'port-80',
      trafficPolicy: {
        connectionPool: { http: { h2UpgradePolicy: 'DO_NOT_UPGRADE' } },
        tls: { mode: 'SIMPLE', caCertificates: 'system', sni: 'a.example', subjectAltNames: ['a.example'] },
      },
    },
  ]);
});

test('mutual TLS shows the credential of the waypoint’s namespace', () => {
  const [{ spec }] = made('DestinationRule', {
    ports: [EgressPort.tlsOrigination({ tls: UpstreamTls.mutual(TlsCredential.named('bank')) })],
  });
  expect(spec.subsets[0].trafficPolicy.tls).toMatchObject({ mode: 'MUTUAL', credentialName: 'bank' });
});

test('the route is of the called port, to the subset, with headers added and the mesh’s removed', () => {
  const ports = [EgressPort.tlsOrigination({ headers: { requestAdd: { 'x-team': 'shop' } } })];
  const [{ spec }] = made('VirtualService', { ports });
  expect(spec.gateways).toBeUndefined();
  const [{ match, route, headers, retries }] = spec.http;
  expect(match).toEqual([{ authority: { regex: '(?i)a\\.example(:80)?' }, port: 80 }]);
  expect(route).toEqual([{ destination: { host: 'a.example', port: { number: 80 }, subset: 'port-80' } }]);
  expect(headers.request.add).toEqual({ 'x-team': 'shop' });
  expect(headers.request.remove).toEqual(expect.arrayContaining(['x-forwarded-client-cert', 'x-request-id']));
  expect(retries).toEqual({ attempts: 0 });
});

test('what nobody reads has neither routes nor anything that is said of its connections', () => {
  const ports = [EgressPort.tlsPassthrough(), openTcp(5432)];
  expect(made('VirtualService', { ports })).toEqual([]);
  expect(made('DestinationRule', { ports })).toEqual([]);
  expect(made('DestinationRule', { ports, connectionLimits: { maxConnections: 9 } })[0].spec).toMatchObject({
    trafficPolicy: { connectionPool: { tcp: { maxConnections: 9 } } },
  });
});

test('declarations of one host share its objects, and have to agree', () => {
  const [first, second] = made('ServiceEntry', {}, { ports: [EgressPort.tlsPassthrough()] });
  expect(first.spec.ports).toHaveLength(2);
  expect(second).toBeUndefined();
  const conflict = (grant: object) => () => made('ServiceEntry', {}, grant);
  expect(conflict({ ports: [EgressPort.http()] })).toThrow(failing('DestinationConflict', 'port 80'));
  expect(conflict({ endpoints: [{ address: '192.0.2.7' }] })).toThrow(failing('DestinationConflict', 'upstream'));
});

test('a TCP host has another address at a waypoint than for sidecars: ztunnel hears of both, and knows one service by an address', () => {
  const [tcp] = made('ServiceEntry', { ports: [EgressPort.tcp(5432)] });
  expect(tcp.spec.addresses).not.toEqual([virtualAddress('a.example')]);
});

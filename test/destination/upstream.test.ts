import { Testing } from 'cdk8s';
import { HostResolution, UpstreamOptions } from '../../src';
import { resolveUpstream } from '../../src/destination/upstream';
import { failing } from '../fixtures';

const resolve = (options: UpstreamOptions) => resolveUpstream(Testing.chart(), options);

test('hosts are looked up, with nothing else said', () => {
  expect(resolve({})).toEqual({ resolution: 'DNS' });
  expect(resolve({ resolution: HostResolution.DNS_ROUND_ROBIN })).toEqual({ resolution: 'DNS_ROUND_ROBIN' });
});

test('addresses are not looked up, names are', () => {
  expect(resolve({ endpoints: [{ address: '192.0.2.7' }, { address: '2001:db8::7' }] }).resolution).toBe('STATIC');
  expect(resolve({ endpoints: [{ address: '192.0.2.7' }, { address: 'edge.example' }] }).resolution).toBe('DNS');
});

test('limits and outliers are resolved with it', () => {
  const endpoints = [{ address: '192.0.2.7', locality: 'eu-west/a' }];
  expect(resolve({ endpoints, connectionLimits: { maxConnections: 1 }, outlierDetection: {} })).toMatchObject({
    connectionLimits: { tcp: { maxConnections: 1 } },
    outlierDetection: { consecutiveGatewayErrors: 5 },
  });
});

test.each(['NONE', 'STATIC', 'DYNAMIC_DNS', ''])('refuses resolution %j', (resolution) => {
  expect(() => resolve({ resolution: resolution as HostResolution })).toThrow(failing('ResolutionNone'));
});

test('one address in turn is one endpoint: Istio takes no more', () => {
  const resolution = HostResolution.DNS_ROUND_ROBIN;
  const [a, b] = [{ address: 'a.edge.example' }, { address: 'b.edge.example' }];
  expect(resolve({ resolution, endpoints: [a] }).resolution).toBe('DNS_ROUND_ROBIN');
  expect(() => resolve({ resolution, endpoints: [a, b] })).toThrow(failing('EndpointSyntax', 'DNS_ROUND_ROBIN'));
});

import { Testing } from 'cdk8s';
import { areAddresses, checkEndpoints } from '../../src/destination/egress-endpoint';
import { failing } from '../fixtures';

const check = (endpoints: any, detectsOutliers = false) => checkEndpoints(Testing.chart(), endpoints, detectsOutliers);

test('takes addresses of both families and names in the form that manifests take', () => {
  const endpoints = [
    { address: '192.0.2.7', weight: 80 },
    { address: '2001:db8::7', weight: 20 },
  ];
  expect(check(endpoints)).toEqual(endpoints);
  expect(check([{ address: 'Edge.Example.' }])).toEqual([{ address: 'edge.example' }]);
});

test('knows when nothing is to be looked up', () => {
  expect(areAddresses([{ address: '192.0.2.7' }, { address: '2001:db8::7' }])).toBe(true);
  expect(areAddresses([{ address: '192.0.2.7' }, { address: 'edge.example' }])).toBe(false);
});

test('a locality fails over only where something says that an endpoint has failed', () => {
  const endpoints = [{ address: '192.0.2.7', locality: 'eu-west/a' }];
  expect(check(endpoints, true)).toEqual(endpoints);
  expect(() => check(endpoints)).toThrow(failing('EndpointSyntax', 'outlierDetection'));
});

test.each([
  [[], 'leave `endpoints` out'],
  ['192.0.2.7', 'leave `endpoints` out'],
  [[{ address: '192.0.2.7', locality: 'eu west' }], 'locality'],
  [[{ address: '192.0.2.7', locality: 'a/b/c/d' }], 'locality'],
])('refuses %j', (endpoints, part) => {
  expect(() => check(endpoints, true)).toThrow(failing('EndpointSyntax', part));
});

test.each([0, 1.5, 1_000_001])('%j is no weight', (weight) => {
  expect(() => check([{ address: '192.0.2.7', weight }])).toThrow(failing('OutOfRange', '`weight`'));
});

test.each([
  ['192.0.2.0/28', 'HostSyntax'],
  ['fe80::1%eth0', 'HostIpAddress'],
  ['localhost', 'HostSyntax'],
  ['*.example.com', 'HostWildcard'],
  ['db.shop.svc.cluster.local', 'HostInCluster'],
])('%s is no place outside', (address, code) => {
  expect(() => check([{ address }])).toThrow(failing(code));
});

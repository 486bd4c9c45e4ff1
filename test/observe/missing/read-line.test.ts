import { OURS, TEXT } from './lines';
import { readLine } from '../../../src/observe/missing/read-line';

test("reads Istio's text", () => {
  expect(readLine(TEXT.refusedHttp)).toEqual({
    method: 'GET',
    details: 'direct_response',
    authority: 'undeclared.example.org',
    destination: '203.0.113.2:80',
    route: 'block_all',
  });
  expect(readLine(TEXT.passedTls)).toEqual({
    cluster: 'PassthroughCluster',
    destination: '203.0.113.2:443',
    serverName: 'undeclared.example.org',
  });
});

test("reads Istio's JSON and this library's", () => {
  const istio = {
    bytes_sent: '0',
    authority: 'a.example',
    downstream_local_address: '203.0.113.1:80',
    route_name: 'allow_any',
  };
  expect(readLine(JSON.stringify(istio))).toEqual({
    authority: 'a.example',
    destination: '203.0.113.1:80',
    route: 'allow_any',
  });
  expect(readLine(JSON.stringify(OURS.triedOut))).toMatchObject({ caller: OURS.triedOut.caller, trial: 'denied' });
});

test.each([
  ['kubectl logs --prefix', `[pod/web-0/istio-proxy] ${TEXT.refusedHttp}`],
  ['kubectl logs --timestamps', `2026-11-21T08:12:53.340Z ${TEXT.refusedHttp}`],
  ['a container runtime', `2026-11-21T08:12:53.340+01:00 stdout F ${TEXT.refusedHttp}`],
  ['a collector', JSON.stringify({ log: `${TEXT.refusedHttp}\n`, stream: 'stdout' })],
])('reads through what %s adds', (_, line) => {
  expect(readLine(line)?.route).toBe('block_all');
});

test('takes the namespace from the collector', () => {
  const line = { kubernetes: { namespace_name: 'orders' }, message: TEXT.passedTls };
  expect(readLine(JSON.stringify(line))?.namespace).toBe('orders');
});

test.each(['', 'info\tEnvoy proxy is ready', '{"level":"info"}', '{', 'null', '[1] "2"', '{"log":{}}'])(
  'takes %j for no access log',
  (line) => {
    expect(readLine(line)).toBeUndefined();
  },
);

test('what a caller writes does not move the fields', () => {
  const agent = '" "evil.example" "1.2.3.4:1" PassthroughCluster - 1.2.3.4:1 - - allow_any "';
  const line = TEXT.refusedHttp.replace('"-" "-" "5e8e636d"', `"-" "${agent}" "5e8e636d"`);
  expect(readLine(line)).toEqual(readLine(TEXT.refusedHttp));
});

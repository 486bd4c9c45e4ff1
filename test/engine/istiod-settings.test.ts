import { settle } from '../../src/engine/istiod-settings';
import { Value } from '../../src/model/value';

const source = { file: 'a.yaml', line: 1 };
const saying = (title: string, environment: Record<string, string>) => ({ title, source, environment });

test('of istiod’s environment, what decides about proxies reaches the engine, and nothing about its process', () => {
  const environment = {
    PILOT_A: '1',
    RESOLVE_HOSTNAME_GATEWAYS: 'false',
    GODEBUG: 'x',
    LD_PRELOAD: '/x',
    PATH: '/x',
    CLUSTER_ID: 'c',
  };
  expect(settle([saying('istiod', environment)]).environment).toEqual({
    PILOT_A: '1',
    RESOLVE_HOSTNAME_GATEWAYS: 'false',
  });
});

test('two documents that contradict each other are named', () => {
  expect(() => settle([saying('one', { PILOT_A: '1' }), saying('two', { PILOT_A: '2' })])).toThrow(
    "one and two say different things of istiod's PILOT_A",
  );
  const mesh = (title: string, mode: string) => ({ title, source, mesh: { text: mode, value: new Value({ mode }) } });
  expect(() => settle([mesh('one', 'a'), mesh('two', 'a'), mesh('three', 'b')])).toThrow(
    'one and three say different things of the mesh',
  );
});

test('where nothing is said, nothing is set, and that is said', () => {
  const { mesh, environment, assumptions } = settle([]);
  expect({ mesh, environment }).toEqual({ mesh: undefined, environment: {} });
  expect(assumptions.join('\n')).toMatch(/outboundTrafficPolicy ALLOW_ANY[^]*PILOT_SCOPE_GATEWAY_TO_NAMESPACE is off/);
});

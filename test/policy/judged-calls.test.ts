import { Chart } from 'cdk8s';
import { EgressClient, EgressWaypoint, HttpEgress, HttpRetries, HttpRule, EgressExit } from '../../src';
import { observe } from '../../src/policy/observed';
import { UNAMBIGUOUS_PATH } from '../../src/policy/path-form';
import { failing, world } from '../fixtures';

const uri = { regex: UNAMBIGUOUS_PATH };
const method = { regex: '[A-Z-]+' };

function made(rules: HttpRule[] | undefined, options = {}, exitOf?: (chart: Chart) => EgressExit) {
  const { app, platform, chart, exit, clients, manifests } = world();
  const through = exitOf?.(platform) ?? exit;
  const declare = (id: string, more = {}) =>
    new HttpEgress(chart, id, { hosts: ['a.example'], exit: through, clients, rules, ...options, ...more });
  declare('A');
  const routes = () =>
    manifests()
      .find({ kind: 'VirtualService', namespace: 'istio-egress' })
      .flatMap(({ spec }: any) => spec.http);
  return { app, declare, routes };
}
const routesFor = (...rules: HttpRule[]) => made(rules.length > 0 ? rules : undefined).routes();
const conditions = (routes: any[]) => routes.map(({ match }) => match.map(({ authority, port, ...rest }: any) => rest));

test('without rules every call is routed', () => {
  expect(conditions(routesFor())).toEqual([[{}]]);
  expect(conditions(routesFor(HttpRule.allow({ paths: ['/a'] }).dryRun()))).toEqual([[{}]]);
});

test('where rules name paths or methods, those are routed that all read alike, and nothing says otherwise', () => {
  const [route] = routesFor(HttpRule.allow({ methods: ['GET'] }), HttpRule.deny({ paths: ['/admin/*'] }));
  expect(conditions([route])).toEqual([[{ uri, method }]]);
  expect(route.headers.request.remove).toEqual(expect.arrayContaining(['x-http-method-override', 'x-original-url']));
});

test('retries keep their methods', () => {
  const { routes } = made([HttpRule.allow({ methods: ['GET'] })], { retries: HttpRetries.idempotent(1) });
  expect(conditions(routes())).toEqual([[{ method: { regex: 'GET|HEAD|OPTIONS|TRACE|PUT|DELETE' } }], [{ method }]]);
});

test('of a header that rules name the upstream gets the one value that was judged', () => {
  const routes = routesFor(
    HttpRule.allow({ paths: ['/a'], headers: { 'X-Role': ['auditor'] } }),
    HttpRule.allow({ paths: ['/b'], headers: { 'x-role': ['a.b%'] } }),
    HttpRule.deny({ headers: { 'x-debug': ['*'] } }),
  );
  expect(conditions(routes)).toEqual([
    [{ uri, headers: { 'x-role': { exact: 'a.b%' } }, withoutHeaders: { 'x-role': { regex: 'auditor' } } }],
    [{ uri, headers: { 'x-role': { exact: 'auditor' } }, withoutHeaders: { 'x-role': { regex: 'a\\.b%' } } }],
    [{ uri, withoutHeaders: { 'x-role': { regex: 'a\\.b%|auditor' } } }],
  ]);
  expect(routes.map(({ headers }: any) => headers.request.set)).toEqual([
    { 'x-role': 'a.b%%' },
    { 'x-role': 'auditor' },
    undefined,
  ]);
  for (const { headers } of routes) {
    expect(headers.request.remove).toEqual(expect.arrayContaining(['x_role', 'x_debug']));
  }
});

test('what the port says of the header comes after it', () => {
  const rules = [HttpRule.allow({ headers: { a: ['1'], b: ['1'] } })];
  const { routes } = made(rules, { headers: { requestSet: { a: '2' }, requestRemove: ['b'] } });
  for (const { headers } of routes()) expect(headers.request.set).toEqual({ a: '2' });
});

test('all clients of a host share its routes, and a namespace that is observed asks for nothing', () => {
  const { app, declare, routes } = made(undefined);
  declare('B', { clients: [EgressClient.namespace('shop')], rules: [HttpRule.allow({ paths: ['/a'] })] });
  observe(app, ['shop']);
  expect(conditions(routes())).toEqual([[{}]]);
  declare('C', { clients: [EgressClient.namespace('web')], rules: [HttpRule.allow({ paths: ['/a'] })] });
  expect(conditions(routes())).toEqual([[{ uri }]]);
});

test('a waypoint routes them as a gateway does', () => {
  const { routes } = made([HttpRule.allow({ paths: ['/a'] })], {}, (chart) => new EgressWaypoint(chart, 'ExitUse'));
  expect(conditions(routes())).toEqual([[{ uri }]]);
});

test('refuses more values than routes could tell apart', () => {
  const headers = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, ['1', '2', '3', '4', '5']]));
  expect(() => made([HttpRule.allow({ headers })])).toThrow(failing('HttpRuleSyntax', '64 combinations'));
  expect(() => made([HttpRule.allow({ headers: { a: ['x'.repeat(1100)] } })])).toThrow(
    failing('HttpRuleSyntax', '1024'),
  );
});

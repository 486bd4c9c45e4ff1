import { Testing } from 'cdk8s';
import { EgressClient, EgressPort, HttpRule, HttpRuleMatch } from '../../src';
import { declare } from '../../src/exit/declaration';
import { resolveHttpRules } from '../../src/policy/http-rule';
import { failing, world } from '../fixtures';

const resolve = (...rules: HttpRule[]) => resolveHttpRules(Testing.chart(), rules);
const one = (match: HttpRuleMatch) => resolve(HttpRule.allow(match))[0];

test('a rule is put into the words of a policy, in a fixed order', () => {
  const match = {
    clients: [EgressClient.serviceAccount('payments', 'checkout')],
    methods: ['POST', 'GET', 'GET'],
    paths: ['/v1/*', '/health'],
    headers: { 'X-Tenant': ['b', 'a'], Accept: ['*'] },
  };
  expect(resolve(HttpRule.allow(match))).toEqual([
    {
      action: 'allow',
      clients: ['payments/checkout'],
      methods: ['GET', 'POST'],
      paths: ['/health', '/v1/*'],
      headers: [
        { name: 'accept', values: ['*'] },
        { name: 'x-tenant', values: ['a', 'b'] },
      ],
    },
  ]);
});

test('a rule can be tried out, without touching the one that it is made from', () => {
  const rule = HttpRule.deny({ methods: ['PUT'] });
  expect(resolve(rule.dryRun(), rule)).toEqual([
    { action: 'deny', methods: ['PUT'], dryRun: true },
    { action: 'deny', methods: ['PUT'] },
  ]);
});

test.each([
  '/',
  '/*',
  '/v1/charges',
  '/v1/*',
  '/v1/{*}',
  '/v1/{*}/refunds',
  '/v1/{**}',
  '/{*}/b/{**}',
  '/pkg.Service/Method',
])('takes the path %s', (path) => {
  expect(one({ paths: [path] }).paths).toEqual([path]);
});

test.each([
  'v1',
  '',
  '*',
  '/v1/*/refunds',
  '/v1?x=1',
  '/v1#top',
  '/a b',
  '/ü',
  '/v1/{id}',
  '/v1/{*',
  '/v1/a{*}',
  '/v1/{*}.txt',
  '/v1/{*}/*',
  '/{**}/refunds/{*}',
  '/{**}/{**}',
  '/v1//{*}',
  '/ü/{*}',
  '/"/{**}',
  '/v1/..%2fadmin',
  '/v1/%2E%2E/*',
  '/v1//x',
  '/v1/../x',
  '/v1/x;y',
  '/v1/%61',
  '/v1/%',
])('refuses the path %j', (path) => {
  expect(() => one({ paths: [path] })).toThrow(failing('HttpRuleSyntax', JSON.stringify(path)));
});

test.each(['get', 'GET ', '*', '', 'G-T', 7])('refuses the method %j', (method) => {
  expect(() => one({ methods: [method as string] })).toThrow(failing('HttpRuleSyntax', 'a method'));
});

test.each(['x_role', 'a-b-c-d-e-f-g'])('refuses the header %j, which servers take for others', (name) => {
  expect(() => one({ headers: { [name]: ['x'] } })).toThrow(failing('HttpRuleSyntax', name));
});

test('a deny by a value could be got round by a list, a deny by a path by another spelling', () => {
  const deny = (match: HttpRuleMatch) => () => resolve(HttpRule.deny(match));
  expect(deny({ headers: { 'x-debug': ['1'] } })).toThrow(failing('HttpRuleSyntax', 'x-debug'));
  expect(deny({ headers: { 'x-debug': ['*'] } })).not.toThrow();
  for (const path of ['/v1/x:cancel', '/%C3%BC', '/@me']) {
    expect(deny({ paths: [path] })).toThrow(failing('HttpRuleSyntax', path));
    expect(() => one({ paths: [path] })).not.toThrow();
  }
});

test('no rule is no rules: an empty list, or one that a filter emptied, lets nothing through by mistake', () => {
  const unruled = { hosts: ['a.example.com'], ports: [EgressPort.http()], clients: [EgressClient.namespace('shop')] };
  expect(declare(Testing.chart(), unruled, '').rules).toEqual([]);
  for (const rules of [[], new Array(1), null, {}, 'allow']) {
    expect(() => resolveHttpRules(Testing.chart(), rules as any)).toThrow(/^\[(HttpRuleSyntax|WrongType)\]/);
  }
});

test.each(['Host', 'Connection', 'Content-Length', 'transfer-encoding', 'Proxy-Connection'])(
  'refuses values of %s, which the exit would write',
  (name) => {
    expect(() => one({ headers: { [name]: ['5'] } })).toThrow(failing('HttpRuleSyntax', name.toLowerCase()));
  },
);

test('refuses a header that cdk8s cannot write', () => {
  expect(() => one({ headers: { constructor: ['x'] } })).toThrow(failing('HttpRuleSyntax', 'constructor'));
});

test('takes a header of the connection that is there or not', () => {
  expect(resolve(HttpRule.deny({ headers: { Upgrade: ['*'] } }))).toHaveLength(1);
});

test.each(['', 'a b', ':authority', 'a:', 'a\r\nb', 'ü'])('refuses the header name %j', (name) => {
  expect(() => one({ headers: { [name]: ['x'] } })).toThrow(failing('HttpRuleSyntax', 'a header name'));
});

test.each(['', 'a*b', '*a*', '**', 'a\nb', 'begin*', '*end', ' a', 'ü'])('refuses the header value %j', (value) => {
  expect(() => one({ headers: { a: [value] } })).toThrow(failing('HttpRuleSyntax', 'a header value'));
});

test('refuses a header that is named twice: both conditions would have to hold', () => {
  expect(() => one({ headers: { 'X-A': ['1'], 'x-a': ['2'] } })).toThrow(failing('HttpRuleSyntax', 'x-a'));
});

test.each([
  {},
  { methods: [] },
  { paths: [] },
  { headers: {} },
  { headers: { a: [] } },
  { clients: [] },
  { methods: 'GET' },
])('refuses %j, which would match what nobody meant', (match) => {
  expect(() => one(match as HttpRuleMatch)).toThrow(failing('HttpRuleSyntax'));
});

test.each([undefined, null, {}, 'allow', { _action: 'allow', _match: {} }])('%j is no rule', (value) => {
  expect(() => resolve(value as any)).toThrow(failing('WrongType', 'HttpRule.allow'));
});

test('a rule is about clients of its declaration: of others it would silently say nothing', () => {
  const { exit } = world();
  const [checkout, report] = ['checkout', 'report'].map((name) => EgressClient.serviceAccount('payments', name));
  const grant = (id: string, clients: EgressClient[], rule: HttpRule) => () =>
    exit.grant(id, { hosts: ['a.example'], ports: [EgressPort.http()], clients, rules: [rule] });
  expect(grant('A', [checkout, report], HttpRule.deny({ clients: [report] }))).not.toThrow();
  expect(grant('B', [checkout], HttpRule.deny({ clients: [report] }))).toThrow(
    failing('HttpRuleSyntax', 'payments/report'),
  );
  expect(grant('C', [EgressClient.namespace('payments')], HttpRule.deny({ clients: [report] }))).toThrow(
    failing('HttpRuleSyntax', 'payments/report'),
  );
});

test.each([EgressPort.tlsPassthrough(), EgressPort.tcp(5432)])('nobody can judge what nobody reads (%#)', (port) => {
  const { exit, clients } = world();
  const rules = [HttpRule.allow({ methods: ['GET'] })];
  expect(() => exit.grant('A', { hosts: ['a.example'], ports: [port], clients, rules })).toThrow(
    failing('HttpRuleSyntax', 'nobody on the way reads'),
  );
  expect(() => exit.grant('B', { hosts: ['a.example'], ports: [EgressPort.http(), port], clients, rules })).toThrow(
    failing('HttpRuleSyntax', 'nobody on the way reads'),
  );
});

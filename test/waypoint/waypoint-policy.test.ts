import { ambient, checkout, made } from './waypoint';
import { EgressClient, EgressGuard, EgressPort, GuardedNamespaces, GuardMode, HttpRule, InCluster } from '../../src';
import { openTcp } from '../fixtures';

const shop = EgressClient.namespace('shop');
const http = { hosts: ['a.example', 'a.example:80'], ports: ['80'] };
const from = [{ source: { serviceAccounts: ['payments/checkout'] } }];

/** The policies of a host, by what their names end with. */
function policies(...grants: Parameters<typeof made>[1][]): { [name: string]: any } {
  const objects = made('AuthorizationPolicy', ...grants).slice(1);
  return Object.fromEntries(objects.map((object) => [object.metadata.name.split('a.example')[1], object]));
}

const rules = (...grants: Parameters<typeof made>[1][]) => policies(...grants)[''].spec.rules;

test('stands on the host’s ServiceEntry, for the named clients and nobody else', () => {
  const { metadata, spec } = policies({ clients: [checkout, shop] })[''];
  expect(metadata.namespace).toBe('istio-egress');
  expect(spec).toEqual({
    action: 'ALLOW',
    targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'egress-waypoint.a.example' }],
    rules: [
      { from, to: [{ operation: http }] },
      { from: [{ source: { namespaces: ['shop'] } }], to: [{ operation: http }] },
    ],
  });
});

test('every identity of the mesh only when told so', () => {
  expect(rules({ clients: [EgressClient.anyInMesh()] })[0].from).toEqual([{ source: { principals: ['*'] } }]);
});

test('what nobody reads has a rule of its own: one that names HTTP never holds there', () => {
  const ports = [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough(), openTcp(5432)];
  expect(rules({ ports })).toEqual([
    { from, to: [{ operation: http }] },
    { from, to: [{ operation: { ports: ['443', '5432'] } }] },
  ]);
});

test('a client reaches the ports that it is granted, not those of others', () => {
  const [one, other] = rules({}, { clients: [shop], ports: [EgressPort.http({ port: 8080 })] });
  expect(one.to).toEqual([{ operation: http }]);
  expect(other.to).toEqual([{ operation: { hosts: ['a.example:8080'], ports: ['8080'] } }]);
});

test('the order of declarations does not matter, and saying it twice changes nothing', () => {
  const [a, b] = [{}, { clients: [shop] }];
  expect(rules(a, b)).toEqual(rules(b, a, b));
});

test('HTTP rules name methods, paths and headers', () => {
  const rule = HttpRule.allow({ methods: ['GET'], paths: ['/v1/*'], headers: { 'X-Key': ['*'] } });
  expect(rules({ rules: [rule] })).toEqual([
    {
      from,
      to: [{ operation: { ...http, methods: ['GET'], paths: ['/v1/*'] } }],
      when: [{ key: 'request.headers[x-key]', values: ['*'] }],
    },
  ]);
});

test('what is denied stands in a second policy on the same ServiceEntry', () => {
  const made_ = policies({ rules: [HttpRule.deny({ methods: ['DELETE'] })] });
  // In this order: nothing is let through before what is denied of it is known.
  expect(Object.keys(made_)).toEqual(['.deny', '']);
  expect(made_[''].spec.rules).toEqual([{ from, to: [{ operation: http }] }]);
  expect(made_['.deny'].spec).toEqual({
    action: 'DENY',
    targetRefs: made_[''].spec.targetRefs,
    rules: [{ from, to: [{ operation: { ...http, methods: ['DELETE'] } }] }],
  });
});

test('a wildcard lets nobody through to hosts below it that are declared themselves', () => {
  const grant = { ports: [EgressPort.http()], clients: [shop] };
  const objects = made(
    'AuthorizationPolicy',
    { ...grant, hosts: ['*.a.example'] },
    { ...grant, hosts: ['x.a.example'] },
  );
  expect(objects[1].spec.rules[0].to).toEqual([
    {
      operation: {
        hosts: ['*.a.example', '*.a.example:80'],
        notHosts: ['x.a.example', 'x.a.example:80'],
        ports: ['80'],
      },
    },
  ]);
  expect(objects[2].spec.rules[0].to[0].operation.notHosts).toBeUndefined();
});

describe('dry run', () => {
  const get = HttpRule.allow({ methods: ['GET'] });

  test('a rule that is tried out changes nothing, and the trial knows all that the host would let through', () => {
    const made_ = policies({ rules: [get.dryRun()] }, { clients: [shop] });
    expect(Object.keys(made_)).toEqual(['', '.dry-run']);
    expect(made_[''].metadata.annotations).toBeUndefined();
    expect(made_[''].spec.rules.map(({ to }: any) => to[0].operation)).toEqual([http, http]);
    const trial = made_['.dry-run'];
    expect(trial.metadata.annotations).toEqual({ 'istio.io/dry-run': 'true' });
    expect(trial.spec.rules.map(({ to }: any) => to[0].operation)).toEqual([{ ...http, methods: ['GET'] }, http]);
  });

  test('denials that hold and those that are tried out stand apart', () => {
    const deny = (method: string) => HttpRule.deny({ methods: [method] });
    const made_ = policies({ rules: [deny('PUT'), deny('DELETE').dryRun()] });
    expect(Object.keys(made_)).toEqual(['.deny', '.deny.dry-run', '']);
    const methods = (name: string) => made_[name].spec.rules.map(({ to }: any) => to[0].operation.methods);
    expect([methods('.deny'), methods('.deny.dry-run')]).toEqual([[['PUT']], [['DELETE']]]);
    expect(made_['.deny.dry-run'].spec.action).toBe('DENY');
  });

  test.each(['before', 'after'])(
    'of an observed namespace everything is tried out, guarded %s it is declared',
    (when) => {
      const { exit, platform, manifests } = ambient();
      const guard = () =>
        new EgressGuard(platform, 'Guard', {
          namespaces: GuardedNamespaces.named(['shop']),
          mode: GuardMode.OBSERVE,
          inCluster: InCluster.none(),
        });
      if (when === 'before') guard();
      const deny = HttpRule.deny({ paths: ['/admin/*'] });
      exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients: [checkout, shop], rules: [deny] });
      if (when === 'after') guard();
      const sources = (name: string) =>
        manifests()
          .only({ kind: 'AuthorizationPolicy', name })
          .spec.rules.map((rule: any) => Object.values(rule.from[0].source).flat().join());
      expect(sources('egress-waypoint.shop.observed')).toEqual(['shop']);
      expect(sources('egress-waypoint.a.example')).toEqual(['payments/checkout', 'shop']);
      expect(sources('egress-waypoint.a.example.deny')).toEqual(['payments/checkout']);
      expect(sources('egress-waypoint.a.example.deny.dry-run')).toEqual(['shop']);
      expect(sources('egress-waypoint.a.example.dry-run')).toEqual(['payments/checkout', 'shop']);
    },
  );

  const admin = HttpRule.deny({ paths: ['/admin/*'] });

  test.each([
    ['that is only tried out', [EgressClient.serviceAccount('shop', 'web')], admin.dryRun()],
    ['of which all clients come to be observed', [shop], admin],
  ])('a denial %s leaves no DENY without rules, which istiod’s validation refuses', (_, clients, rule) => {
    const { exit, platform, manifests } = ambient();
    exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients, rules: [rule] });
    new EgressGuard(platform, 'Guard', {
      namespaces: GuardedNamespaces.named(['shop']),
      mode: GuardMode.OBSERVE,
      inCluster: InCluster.none(),
    });
    const denials = manifests().all.filter(({ spec }) => spec?.action === 'DENY');
    expect(denials.map(({ metadata }) => metadata.name)).toEqual(['egress-waypoint.a.example.deny.dry-run']);
  });
});

import { ApiObject, App, Chart, Cron, JsonPatch, Testing } from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { AmbientNamespace, EgressClient, EgressGateway, Mesh } from '../../src';
import { checkClients } from '../../src/policy/egress-client';
import { failing } from '../fixtures';

const check = (...clients: EgressClient[]) => checkClients(Testing.chart(), clients).map(String);

test('clients come once and in a fixed order', () => {
  const [a, b] = [EgressClient.namespace('b'), EgressClient.serviceAccount('a', 'x')];
  expect(check(a, b, EgressClient.namespace('b'))).toEqual(['a/x', 'b/*']);
  expect(check(b, a)).toEqual(check(a, b));
});

test('nobody is no client', () => {
  expect(() => check()).toThrow(failing('ClientsMissing'));
  expect(() => checkClients(Testing.chart(), undefined)).toThrow(
    failing('ClientsMissing', 'EgressClient.serviceAccount'),
  );
});

test.each(['payments', { namespace: 'payments' }, { namespaceName: undefined }, null, undefined, 1])(
  '%j is no client',
  (value) => {
    expect(() => check(value as any)).toThrow(failing('WrongType', 'EgressClient.namespace'));
  },
);

test('anyInMesh stands alone', () => {
  expect(check(EgressClient.anyInMesh(), EgressClient.anyInMesh())).toEqual(['*']);
  expect(() => check(EgressClient.anyInMesh(), EgressClient.namespace('a'))).toThrow(failing('ClientAnyAlone', 'a/*'));
});

test.each([['Upper'], ['a.b'], ['*'], ['']])('refuses the namespace %j', (namespace) => {
  expect(() => EgressClient.namespace(namespace)).toThrow(failing('NameSyntax', namespace));
});

test.each([['a/b'], ['*'], [''], ['a..b'], ['-a'], ['x.-y']])('refuses the service account %j', (name) => {
  expect(() => EgressClient.serviceAccount('ns', name)).toThrow(failing('NameSyntax', name));
});

test('a service account may have dots where Istio takes them literally', () => {
  const client = EgressClient.serviceAccount('a', 'cert-manager.io');
  expect(check(client)).toEqual(['a/cert-manager.io']);
  const old = Testing.chart();
  Mesh.configure(old, { istioVersion: '1.28.5' });
  expect(() => checkClients(old, [client])).toThrow(failing('ServiceAccountDots', 'CVE-2026-39350'));
});

describe('EgressClient.of', () => {
  const containers = [{ image: 'shop' }];
  const shop = (namespace: string | null = 'shop') =>
    new Chart(Testing.app(), 'shop', { namespace: namespace ?? undefined });
  const of = (construct: IConstruct) => EgressClient.of(construct).toString();

  /** A workload as it stands in manifests, in the same namespace. */
  const plain = (chart: Chart, kind: string, spec: object, apiVersion = 'apps/v1') =>
    new ApiObject(chart, kind, { apiVersion, kind, spec });

  const WORKLOADS: [string, (chart: Chart, serviceAccount?: plus.IServiceAccount) => Construct][] = [
    ['Deployment', (chart, serviceAccount) => new plus.Deployment(chart, 'W', { containers, serviceAccount })],
    [
      'StatefulSet',
      (chart, serviceAccount) =>
        new plus.StatefulSet(chart, 'W', { containers: [{ image: 'shop', portNumber: 80 }], serviceAccount }),
    ],
    ['DaemonSet', (chart, serviceAccount) => new plus.DaemonSet(chart, 'W', { containers, serviceAccount })],
    ['Job', (chart, serviceAccount) => new plus.Job(chart, 'W', { containers, serviceAccount })],
    [
      'CronJob',
      (chart, serviceAccount) => new plus.CronJob(chart, 'W', { containers, serviceAccount, schedule: Cron.daily() }),
    ],
    ['Pod', (chart, serviceAccount) => new plus.Pod(chart, 'W', { containers, serviceAccount })],
  ];

  /** As whom the pods of the manifest run. */
  function accountInManifest(workload: Construct): string | undefined {
    const { spec } = ApiObject.of(workload).toJson();
    return ((spec.jobTemplate?.spec ?? spec).template?.spec ?? spec).serviceAccountName;
  }

  test('a ServiceAccount goes by the name that it has in the manifests', () => {
    const account = new plus.ServiceAccount(shop(), 'Checkout');
    expect(account.name).toMatch(/^shop-checkout-\w{8}$/);
    expect(of(account)).toBe(`shop/${account.name}`);
    expect(of(ApiObject.of(account))).toBe(`shop/${account.name}`);
  });

  test.each(WORKLOADS)('a %s goes by the service account of its pods', (kind, make) => {
    const chart = shop();
    const account = new plus.ServiceAccount(chart, 'Checkout');
    const workload = make(chart, account);
    expect(ApiObject.of(workload).kind).toBe(kind);
    expect([of(workload), of(ApiObject.of(workload))]).toEqual(Array(2).fill(`shop/${accountInManifest(workload)}`));
    expect(accountInManifest(workload)).toBe(account.name);
  });

  test.each(WORKLOADS)('a %s without one runs as Kubernetes has it', (_, make) => {
    const workload = make(shop());
    expect(accountInManifest(workload)).toBeUndefined();
    expect(of(workload)).toBe('shop/default');
  });

  test('a service account that somebody else makes is the pods’ all the same', () => {
    const chart = shop();
    const account = plus.ServiceAccount.fromServiceAccountName(chart, 'Theirs', 'theirs');
    expect(of(new plus.Deployment(chart, 'W', { containers, serviceAccount: account }))).toBe('shop/theirs');
  });

  test('a workload is asked before its containers are there, and stays as it is', () => {
    const workload = new plus.Deployment(shop(), 'W', { spread: true });
    expect(of(workload)).toBe('shop/default');
    workload.addContainer({ image: 'shop' });
    of(workload);
    const { podAntiAffinity } = ApiObject.of(workload).toJson().spec.template.spec.affinity;
    expect(podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toHaveLength(2);
  });

  test('an object is asked itself, whatever the construct around it looks like', () => {
    const chart = shop();
    const pods = { template: { spec: { serviceAccountName: 'web' } } };
    const around = [new Construct(chart, 'Own'), new plus.Deployment(chart, 'W', { containers })];
    Object.assign(around[0], { serviceAccount: 'web', podMetadata: {} });
    for (const scope of around) {
      const object = new ApiObject(scope, 'Inner', { apiVersion: 'apps/v1', kind: 'Deployment', ...{ spec: pods } });
      expect(of(object)).toBe('shop/web');
    }
  });

  test('a Namespace is every workload of it', () => {
    const namespace = new plus.Namespace(shop(null), 'Team');
    expect(of(namespace)).toBe(`${namespace.name}/*`);
    expect(of(new AmbientNamespace(shop(null), 'Team', { name: 'team' }))).toBe('team/*');
  });

  test.each([
    [{ serviceAccountName: 'checkout' }, 'checkout'],
    [{ serviceAccount: 'checkout' }, 'checkout'],
    [{ serviceAccountName: 'checkout', serviceAccount: 'other' }, 'checkout'],
    [{ serviceAccountName: '' }, 'default'],
    [{ containers: [] }, 'default'],
  ])('the pods of an ApiObject run as Kubernetes has it: %j', (pods, account) => {
    expect(of(plain(shop(), 'Deployment', { template: { spec: pods } }))).toBe(`shop/${account}`);
    expect(of(plain(shop(), 'Pod', pods, 'v1'))).toBe(`shop/${account}`);
    const jobTemplate = { spec: { template: { spec: pods } } };
    expect(of(plain(shop(), 'CronJob', { jobTemplate }, 'batch/v1'))).toBe(`shop/${account}`);
  });

  test('JSON patches of an ApiObject count', () => {
    const object = plain(shop(), 'Deployment', { template: { spec: {} } });
    object.addJsonPatch(JsonPatch.add('/spec/template/spec/serviceAccountName', 'patched'));
    expect(of(object)).toBe('shop/patched');
  });

  test.each([[{}], [{ template: {} }], [{ template: { spec: { serviceAccountName: 5 } } }]])(
    'of pods that are not known nothing is guessed: %j',
    (spec) => {
      expect(() => of(plain(shop(), 'Deployment', spec))).toThrow(failing('NotInline', 'shop/Deployment'));
    },
  );

  test('what has no namespace comes into that of whoever applies it', () => {
    const chart = shop(null);
    for (const construct of [
      new plus.ServiceAccount(chart, 'Account'),
      new plus.Deployment(chart, 'W', { containers }),
    ]) {
      expect(() => of(construct)).toThrow(failing('NamespaceMissing', construct.node.path));
    }
    const metadata = { namespace: 'own' };
    expect(of(new plus.ServiceAccount(chart, 'Own', { metadata }))).toMatch(/^own\//);
  });

  test.each<[string, (chart: Chart) => any]>([
    ['a ConfigMap', (chart) => new plus.ConfigMap(chart, 'A')],
    ['a Service', (chart) => plain(chart, 'Service', {}, 'v1')],
    ['a Deployment of another group', (chart) => plain(chart, 'Deployment', {}, 'example.com/v1')],
    ['namespaces by labels', (chart) => plus.Namespaces.all(chart, 'A')],
    ['what only has a name', (chart) => plus.ServiceAccount.fromServiceAccountName(chart, 'A', 'a')],
    ['a chart', (chart) => chart],
    ['an exit', (chart) => new EgressGateway(chart, 'A')],
    ['a text', () => 'shop/checkout'],
    ['nothing', () => undefined],
    ['an object', () => ({ kind: 'ServiceAccount', metadata: { name: 'a', namespace: 'b' } })],
  ])('%s is no caller', (_, make) => {
    expect(() => of(make(shop()))).toThrow(failing('WrongType', 'ServiceAccount, Namespace'));
  });

  test('an object of another app is no client, nor a rule about it', () => {
    const app = Testing.app() as App;
    const client = EgressClient.of(new plus.ServiceAccount(new Chart(app, 'shop', { namespace: 'shop' }), 'Account'));
    expect(() => checkClients(new Chart(app, 'other'), [client])).not.toThrow();
    expect(() => checkClients(Testing.chart(), [client])).toThrow(failing('OtherApp', 'ServiceAccount'));
  });
});

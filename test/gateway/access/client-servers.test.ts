import { App } from 'cdk8s';
import { EgressClient, EgressGuard, GuardedNamespaces, GuardMode, InCluster, Mesh, TcpEgress } from '../../../src';
import { Manifests } from '../../../src/assertions';
import { failing, openTcp, world } from '../../fixtures';

const ports = [openTcp(5432)];
const account = (namespace: string, name: string) => EgressClient.serviceAccount(namespace, name);

/** The servers for ports that nobody reads, by what they are asked for. */
const servers = (manifests: Manifests) =>
  Object.fromEntries(
    manifests
      .only({ kind: 'Gateway' })
      .spec.servers.slice(1)
      .map(({ hosts, tls }: any) => [hosts[0], tls.subjectAltNames]),
  );

test('one server takes the service accounts of all declarations, by name; each namespace has one of its own', () => {
  const { exit, manifests } = world();
  exit.grant('A', { hosts: ['a.example'], ports, clients: [account('payments', 'checkout')] });
  exit.grant('B', { hosts: ['a.example'], ports, clients: [account('orders', 'a'), EgressClient.namespace('shop')] });
  expect(servers(manifests())).toEqual({
    './ns.shop.5432.a.example': undefined,
    './sa.5432.a.example': ['spiffe://cluster.local/ns/orders/sa/a', 'spiffe://cluster.local/ns/payments/sa/checkout'],
  });
  expect(manifests().only({ kind: 'VirtualService' }).spec.hosts).toEqual([
    'ns.shop.5432.a.example',
    'sa.5432.a.example',
  ]);
});

test('another host changes nothing of the servers and policies that are there', () => {
  const made = (count: number) => {
    const { exit, manifests } = world();
    for (let host = 0; host < count; host++) {
      const clients = [account('payments', 'checkout'), EgressClient.namespace('shop')];
      exit.grant(`${host}`, { hosts: [`h${host}.example`], ports, clients });
    }
    const policies = manifests().find({ kind: 'AuthorizationPolicy' });
    return { policies, servers: manifests().only({ kind: 'Gateway' }).spec.servers };
  };
  const [one, many] = [made(1), made(20)];
  expect(many.policies).toEqual(one.policies);
  expect(many.servers.slice(0, 3)).toEqual(one.servers);
});

test('identities are of the mesh’s trust domains', () => {
  const trustDomains = { trustDomain: 'prod.example', trustDomainAliases: ['old.example'] };
  const { exit, manifests } = world({}, trustDomains);
  exit.grant('A', { hosts: ['a.example'], ports, clients: [account('payments', 'checkout')] });
  expect(servers(manifests())['./sa.5432.a.example']).toEqual([
    'spiffe://prod.example/ns/payments/sa/checkout',
    'spiffe://old.example/ns/payments/sa/checkout',
  ]);
  expect(() => Mesh.configure(new App(), { trustDomain: 'spiffe://prod' })).toThrow(failing('NameSyntax', 'spiffe'));
});

test('servers and what lets through what they have taken are the same while a namespace is observed', () => {
  const made = (mode?: GuardMode) => {
    const { exit, chart, manifests } = world();
    const clients = [account('payments', 'checkout'), EgressClient.namespace('payments'), account('shop', 'web')];
    const open = { anyoneInMeshMayReadWhatServerSendsUnasked: true };
    new TcpEgress(chart, 'A', { hosts: ['a.example'], exit, clients, port: 5432, addresses: ['203.0.113.7'], ...open });
    const namespaces = GuardedNamespaces.named(['payments', 'shop']);
    if (mode) new EgressGuard(chart, 'Guard', { namespaces, inCluster: InCluster.none(), mode });
    const all = manifests().find({});
    const ofGuard = (metadata: any) => /guard$|\.(observed|dry-run)$/.test(metadata.name);
    return all.filter(({ metadata }) => !ofGuard(metadata));
  };
  expect(made(GuardMode.OBSERVE)).toEqual(made());
  expect(made(GuardMode.ENFORCE)).toEqual(made());
});

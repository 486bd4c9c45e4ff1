/** What the bed makes of NetworkPolicies, held against what Kubernetes says of them: with hand-written ones, and nothing of the mesh. */
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

/** Addresses by name: `namespace/workload`, and hosts outside. */
const at: Record<string, string> = {};

const OUT = 'out.example.org';
const OTHER = 'other.example.org';

/** Every way that is looked at; the pods listen on 8080 alone, which makes no difference to a firewall. */
const WAYS = [
  'a/client → a/web:8080',
  'a/client → a/web:9090',
  'a/client → b/web:8080',
  'a/client → b/web:9091',
  'a/client → b/db:8080',
  'a/client → c/web:8080',
  `a/client → ${OUT}:80`,
  `a/client → ${OTHER}:80`,
  'a/web → b/web:8080',
  'b/web → a/client:8080',
] as const;
type ExitUse = (typeof WAYS)[number];

const policy = (name: string, namespace: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});
const labelled = (app: string) => ({ podSelector: { matchLabels: { app } } });
const ns = (...names: string[]) => ({
  namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: names }] },
});
const tcp = (port: number | string, endPort?: number) => ({ protocol: 'TCP', port, ...(endPort && { endPort }) });

/** Egress of the pods of namespace a. */
const egress = (rules: object[], podSelector: object = {}) => [
  policy('out', 'a', { podSelector, policyTypes: ['Egress'], egress: rules }),
];
/** Ingress of the pods of namespace b. */
const ingress = (rules: object[], podSelector: object = {}) => [policy('in', 'b', { podSelector, ingress: rules })];

const FROM_A = WAYS.filter((way) => way.startsWith('a/'));
const FROM_CLIENT = WAYS.filter((way) => way.startsWith('a/client'));
const TO_B = WAYS.filter((way) => way.includes('→ b/'));
const all = (...ways: (readonly ExitUse[] | ExitUse)[]) => WAYS.filter((way) => !ways.flat().includes(way));

interface Case {
  readonly title: string;
  readonly policies: () => object[];
  /** What is cut off; everything else passes. */
  readonly cut: readonly ExitUse[];
}

const CASES: Case[] = [
  { title: 'no policy: everything passes', policies: () => [], cut: [] },
  { title: 'egress without rules closes it, for all pods of the namespace', policies: () => egress([]), cut: FROM_A },
  {
    title: 'a pod selector chooses whose',
    policies: () => egress([], { matchLabels: { app: 'client' } }),
    cut: FROM_CLIENT,
  },
  { title: 'a rule without peers opens everything', policies: () => egress([{}]), cut: [] },
  {
    title: 'a rule with ports alone opens them to everybody',
    policies: () => egress([{ ports: [tcp(80)] }]),
    cut: FROM_A.filter((way) => !way.endsWith(':80')),
  },
  {
    title: 'a pod selector alone is about the own namespace',
    policies: () => egress([{ to: [labelled('web')] }]),
    cut: all('a/client → a/web:8080', 'a/client → a/web:9090', 'b/web → a/client:8080'),
  },
  {
    title: 'a namespace selector alone is about all of its pods',
    policies: () => egress([{ to: [ns('b')] }]),
    cut: FROM_A.filter((way) => !TO_B.includes(way)),
  },
  {
    title: 'both in one peer mean both',
    policies: () => egress([{ to: [{ ...ns('b', 'c'), ...labelled('db') }] }]),
    cut: FROM_A.filter((way) => way !== 'a/client → b/db:8080'),
  },
  {
    title: 'in two peers, either',
    policies: () => egress([{ to: [ns('c'), labelled('web')] }]),
    cut: FROM_A.filter((way) => !/→ (c|a)\/web/.test(way)),
  },
  {
    title: 'an empty namespace selector is about all pods, and no address outside',
    policies: () => egress([{ to: [{ namespaceSelector: {} }] }]),
    cut: FROM_A.filter((way) => way.includes('example.org')),
  },
  {
    title: 'expressions: NotIn, Exists, DoesNotExist',
    policies: () =>
      egress([
        {
          to: [
            {
              namespaceSelector: {
                matchExpressions: [
                  { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['c'] },
                  { key: 'istio-injection', operator: 'Exists' },
                  { key: 'closed', operator: 'DoesNotExist' },
                ],
              },
            },
          ],
        },
      ]),
    cut: FROM_A.filter((way) => /c\/web|example.org/.test(way)),
  },
  {
    title: 'a block of addresses opens them, but not the exception',
    policies: () =>
      egress([{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [`${at[OTHER]}/32`, '10.244.0.0/16'] } }] }]),
    cut: FROM_A.filter((way) => !way.includes(OUT)),
  },
  {
    title: 'a port is one of the pods, over its protocol',
    policies: () => egress([{ to: [ns('b')], ports: [tcp(8080), { protocol: 'UDP', port: 9091 }] }]),
    cut: FROM_A.filter((way) => !/→ b\/\w+:8080/.test(way)),
  },
  {
    title: 'a range of ports',
    policies: () => egress([{ to: [ns('a', 'b')], ports: [tcp(9000, 9090)] }]),
    cut: FROM_A.filter((way) => way !== 'a/client → a/web:9090'),
  },
  {
    title: 'a named port, where the other side has it',
    policies: () => egress([{ ports: [tcp('extra')] }]),
    cut: FROM_A.filter((way) => way !== 'a/client → b/web:9091'),
  },
  {
    title: 'rules and policies add up',
    policies: () => [
      ...egress([{ to: [ns('c')] }, { to: [labelled('web')], ports: [tcp(8080)] }]),
      policy('more', 'a', {
        podSelector: { matchLabels: { app: 'client' } },
        policyTypes: ['Egress'],
        egress: [{ to: [ns('b')] }],
      }),
    ],
    cut: ['a/client → a/web:9090', `a/client → ${OUT}:80`, `a/client → ${OTHER}:80`, 'a/web → b/web:8080'],
  },
  { title: 'ingress without rules closes it, and nothing that goes out', policies: () => ingress([]), cut: TO_B },
  {
    title: 'ingress from pods, on a port',
    policies: () => ingress([{ from: [{ ...ns('a'), ...labelled('client') }], ports: [tcp(8080)] }]),
    cut: ['a/client → b/web:9091', 'a/web → b/web:8080'],
  },
  {
    title: 'ingress on a named port is the pod’s own',
    policies: () => ingress([{ ports: [tcp('extra')] }]),
    cut: TO_B.filter((way) => !way.endsWith(':9091')),
  },
  {
    title: 'both ends have to let it pass',
    policies: () => [
      ...egress([{ to: [ns('b')] }]),
      ...ingress([{ ports: [tcp(8080)] }], { matchLabels: { app: 'web' } }),
    ],
    cut: FROM_A.filter((way) => !/→ b\/\w+:8080/.test(way)),
  },
  {
    title: 'without policyTypes, rules for egress are for both: nothing comes in',
    policies: () => [policy('out', 'a', { podSelector: {}, egress: [{}] })],
    cut: ['a/client → a/web:8080', 'a/client → a/web:9090', 'b/web → a/client:8080'],
  },
];

/** A pod without proxy, which the kubelet asks whether it is ready; one has a second port, which has a name. */
function workload(namespace: string, name: string): object {
  const labels = { app: name };
  const readinessProbe = { httpGet: { path: '/', port: 8080 } };
  const ports = [
    { containerPort: 8080 },
    ...(name === 'web' && namespace === 'b' ? [{ name: 'extra', containerPort: 9091 }] : []),
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', image: 'bed/app', ports, readinessProbe }] },
      },
    },
  };
}

/** Which ways packets take now. */
async function open(): Promise<ExitUse[]> {
  const sources = [...new Set(WAYS.map((way) => way.split(' ')[0]))];
  const found = await Promise.all(
    sources.map(async (source) => {
      const ways = WAYS.filter((way) => way.startsWith(`${source} `));
      const target = (way: ExitUse) => way.split(' ')[2].replace(/^[^:]*/, (name) => at[name]);
      const reached = await mesh.scan(source, ways.map(target));
      return ways.filter((way) => reached.includes(target(way)));
    }),
  );
  return WAYS.filter((way) => found.flat().includes(way));
}

beforeAll(async () => {
  for (const name of ['a', 'b', 'c']) await mesh.namespace(name, { injection: false });
  const workloads = ['a/client', 'a/web', 'b/web', 'b/db', 'c/web'];
  await mesh.apply(workloads.map((name) => workload(...(name.split('/') as [string, string]))));
  for (const host of [OUT, OTHER]) at[host] = (await mesh.external({ hosts: [host] })).addresses[0];
  await mesh.ready();
  for (const name of workloads) at[name] = (await mesh.pods(name))[0].status.podIP;
});
afterAll(async () => mesh.reset());

test.each(CASES)('$title', async ({ policies, cut }) => {
  const objects = policies();
  await mesh.apply(objects);
  await mesh.settled();
  expect(await open()).toEqual(all(cut));
  await mesh.delete(objects);
  await mesh.settled();
});

describe('a policy', () => {
  afterEach(async () => mesh.kubectl(['delete', 'networkpolicies', '--all', '-A']));

  it('sees the pods behind a Service, and their port', async () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'b', name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    };
    const call = { from: 'a/client', url: 'http://web.b.svc.cluster.local/', timeout: 1500 };
    const dns = { to: [{ ...ns('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }] };
    await mesh.apply([service, ...egress([dns, { to: [ns('b')], ports: [tcp(8080)] }])]);
    await mesh.settled();
    await mesh.expect(call, { outcome: 'refused', status: 200 }); // not from outside: the pod itself answers
    await mesh.apply(egress([dns, { to: [ns('b')], ports: [tcp(80)] }]));
    await mesh.settled();
    await mesh.expect(call, { outcome: 'refused', failure: 'timeout', by: 'NetworkPolicy of a/client' });
  });

  it('is not in the pod’s hands', async () => {
    await mesh.apply(egress([]));
    await mesh.settled();
    const { code } = await mesh.exec('a/client', ['nft', 'flush', 'ruleset']);
    expect(code).toBe(0);
    expect(await mesh.scan('a/client', [`${at[OUT]}:80`, `${at['b/web']}:8080`])).toEqual([]);
  });

  it('holds for a pod from its first packet on, and follows labels', async () => {
    await mesh.apply(egress([{ to: [{ namespaceSelector: { matchLabels: { open: 'yes' } } }] }]));
    await mesh.settled();
    await mesh.restart('a/client');
    const target = [`${at['b/web']}:8080`];
    expect(await mesh.scan('a/client', target)).toEqual([]);
    await mesh.namespace('b', { injection: false, labels: { open: 'yes' } });
    await mesh.settled();
    expect(await mesh.scan('a/client', target)).toEqual(target);
  });

  it('does not keep the node from its pods', async () => {
    await mesh.apply([policy('in', 'b', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })]);
    await mesh.settled();
    expect(await mesh.scan('a/client', [`${at['b/web']}:8080`])).toEqual([]);
    await mesh.restart('b/web'); // until its probe says yes
  });
});

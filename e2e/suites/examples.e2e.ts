/**
 * Every example and every folder of hand-written manifests: its calls come out as it says, it is accepted, without effect on who declares
 * nothing, and somebody else's egress works beside it. Each is staged once.
 */
import { parse } from 'yaml';
import { unexplained } from './analyze';
import { Example, examples } from './examples';
import { callsOfItsOwn, hisCalls, stageNeighbour, startNeighbour, toleratesNeighbours } from './neighbours';
import { PROTOCOLS, WAYS } from './protocols';
import { furnish, titleOf } from '../prove/prove';
import { WorldCall } from '../prove/world';
import { summary } from '../world/config';
import { Mesh } from '../world/mesh';
import { workloadManifests } from '../world/workload';

const mesh = Mesh.attach();

async function comesOut({ expect: expected, name: _, ...call }: WorldCall) {
  await mesh.expect(call, expected);
}

const ONLOOKER = 'onlooker/idle';

/** The kinds that make an exit and its place: a Service is seen by every sidecar, whoever made it. */
const PLACE = [
  'Namespace',
  'ConfigMap',
  'ServiceAccount',
  'Service',
  'Deployment',
  'Role',
  'RoleBinding',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'NetworkPolicy',
];

function isPlace(document: string): boolean {
  const { kind, apiVersion, spec } = parse(document);
  // istiod makes a Service for it.
  const isOfGatewayApi = kind === 'Gateway' && apiVersion.startsWith('gateway.networking.k8s.io/');
  // How all sidecars connect to the Service, whatever is declared.
  const isOfService = kind === 'DestinationRule' && Boolean(spec.exportTo?.includes('*'));
  return PLACE.includes(kind) || isOfGatewayApi || isOfService;
}

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

/** Whose certificate a Service's pods have is known when the first of them is ready: that is its place too. */
const withoutIdentities = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (key, field) => (key === 'match_subject_alt_names' ? undefined : field)));

/** What the Envoy of a workload that declares nothing has, in an order of its own. */
async function seenByOnlooker() {
  const [{ metadata }] = await mesh.pods(ONLOOKER);
  const { clusters, routes, listeners } = await summary(`onlooker/${metadata.name}`);
  return {
    clusters: withoutIdentities(clusters.sort(byName)),
    routes: routes.sort(byName),
    listeners: listeners.sort(byName),
  };
}

const hasNeighbour = (given: Example) => given.name.startsWith('dist/') && toleratesNeighbours(given);

async function stageBesideOnlooker(given: Example) {
  const { world, documents } = given;
  await furnish(mesh, world);
  if (hasNeighbour(given)) await startNeighbour(mesh, given);
  await mesh.namespace('onlooker');
  await mesh.workload({ namespace: 'onlooker', name: 'idle' });
  await mesh.apply((world.workloads ?? []).flatMap(workloadManifests));
  await mesh.apply(documents.filter(isPlace).join('\n---\n'));
  // A gateway whose readiness follows its upstream waits for its routes.
  await mesh.placed();
  await mesh.readyPod(ONLOOKER);
  await mesh.settled();
  const before = await seenByOnlooker();
  await mesh.apply(documents.filter((document) => !isPlace(document)).join('\n---\n'));
  await mesh.ready();
  await mesh.settled();
  return { before, after: await seenByOnlooker() };
}

describe.each(examples())('$name', (given) => {
  const text = given.documents.join('\n---\n');
  let onlooker: Awaited<ReturnType<typeof stageBesideOnlooker>>;

  beforeAll(async () => {
    onlooker = await stageBesideOnlooker(given);
  });
  afterAll(async () => mesh.reset());

  it.each(given.world.calls.map((call) => ({ title: titleOf(call), call })))('$title', async ({ call }) => {
    await comesOut(call);
  });

  if (WAYS[given.name]) {
    const { from, host, arrives } = WAYS[given.name];
    it.each(PROTOCOLS)('carries $title', async ({ call, arrives: also, body }) => {
      const result = await mesh.expect({ from, ...call(host) }, { ...arrives, ...also });
      if (body) expect(result.body).toMatch(body);
    });
  }

  if (given.name.startsWith('dist/')) {
    it('changes no listener, route or cluster of a workload that declares nothing', () => {
      expect(onlooker.before.clusters.length).toBeGreaterThan(0);
      expect(onlooker.after).toEqual(onlooker.before);
    });
  }

  it('is accepted by kube-apiserver with the real CRDs, without a warning', async () => {
    const flags = ['--server-side', '--field-manager=another', '--force-conflicts', '--dry-run=server', '-f', '-'];
    const { stdout, stderr } = await mesh.kubectl(['apply', ...flags], { input: text });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toHaveLength(given.documents.length);
  });

  it('changes nothing when it is applied again', async () => {
    const format = 'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{"\\n"}{end}';
    const versions = async () => (await mesh.kubectl(['get', '-f', '-', '-o', format], { input: text })).stdout;
    const before = await versions();
    await mesh.apply(text);
    expect(await versions()).toBe(before);
  });

  it('passes istioctl validate', async () => {
    const { code, stdout, stderr } = await mesh.istioctl(['validate', '-f', '-'], text);
    expect({ code, stdout: stdout.trim(), stderr: stderr.trim() }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'validation succeed',
    });
  });

  it.each([
    ['in the cluster', ['analyze', '-A'], ''],
    ['offline', ['analyze', '-A', '--use-kube=false', '-'], text],
  ])('leaves istioctl analyze silent %s', async (_, args, input) => {
    const { stdout, stderr } = await mesh.istioctl(args, input);
    expect(unexplained(given.name, stdout + stderr)).toEqual([]);
  });

  if (hasNeighbour(given)) {
    describe('beside somebody’s hand-written egress', () => {
      beforeAll(async () => stageNeighbour(mesh, given));

      it.each(hisCalls(given).map((call) => ({ title: titleOf(call), call })))('his: $title', async ({ call }) => {
        await comesOut(call);
      });

      it('ours comes out as before', async () => {
        for (const call of callsOfItsOwn(given)) await comesOut(call);
      });

      it('his still works when ours is gone', async () => {
        const isNamespace = (document: string) => parse(document).kind === 'Namespace'; // he lives there too
        await mesh.delete(given.documents.filter((document) => !isNamespace(document)).join('\n---\n'));
        await mesh.settled();
        for (const call of hisCalls(given)) await comesOut(call);
      });
    });
  }
});

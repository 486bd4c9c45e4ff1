import { examples } from './examples';
import { furnish } from '../prove/prove';
import { summary } from '../world/config';
import { namesOf } from '../world/manifests';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

/** The kinds that make an exit and its place: a Service is seen by every sidecar, whoever made it. */
const PLACE = [
  'Namespace',
  'ServiceAccount',
  'Service',
  'Deployment',
  'Role',
  'RoleBinding',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'NetworkPolicy',
];

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

/** What the bystander's Envoy has, in an order of its own. */
async function configuration(pod: string) {
  const { clusters, routes, listeners } = await summary(pod);
  return { clusters: clusters.sort(byName), routes: routes.sort(byName), listeners: listeners.sort(byName) };
}

const ours = examples().filter(({ name }) => name.startsWith('dist/'));

describe.each(ours)('a workload in a namespace that declares nothing, beside $name', ({ world, documents }) => {
  const isPlace = (document: string) => PLACE.some((kind) => namesOf([document], kind).length > 0);

  beforeAll(async () => {
    await furnish(mesh, world);
    await mesh.namespace('bystander');
    await mesh.workload({ namespace: 'bystander', name: 'idle' });
    await mesh.apply(documents.filter(isPlace).join('\n---\n'));
    await mesh.ready();
    await mesh.settled();
  });
  afterAll(async () => mesh.reset());

  it('has the same listeners, routes and clusters before and after', async () => {
    const [{ metadata }] = await mesh.pods('bystander/idle');
    const before = await configuration(`bystander/${metadata.name}`);
    expect(before.clusters.length).toBeGreaterThan(0);
    await mesh.apply(documents.filter((document) => !isPlace(document)).join('\n---\n'));
    await mesh.settled();
    expect(await configuration(`bystander/${metadata.name}`)).toEqual(before);
  });
});

/** Every example with all guards on: network policies, Sidecars and admission, on what is declared as it was written. */
import { parse } from 'yaml';
import { Example, examples } from './examples';
import { admissionHolds, review } from './guarded/admitted';
import { clientNamespaces, exempted, guardsOf } from './guarded/guards';
import { prepare, furnish, titleOf } from '../prove/prove';
import { WorldCall } from '../prove/world';
import { Expectation } from '../world/expect';
import { documentsOf } from '../world/manifests';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

/** Those that bring guards of their own are looked at elsewhere. */
const hasGuards = ({ documents }: Example) =>
  documents.some((document) => parse(document).kind === 'ValidatingAdmissionPolicy');

const given = examples()
  .filter((one) => one.name.startsWith('dist/') && !hasGuards(one))
  .map(exempted);

describe.each(given)('$name', (one) => {
  const namespaces = clientNamespaces(one).map((name) => name.split('=')[0]);
  let guards: string;

  beforeAll(async () => {
    guards = await guardsOf(one);
    await furnish(mesh, one.world);
    await mesh.apply(guards);
    for (const namespace of namespaces) await admissionHolds(mesh, namespace);
    await prepare(mesh, { ...one.world, meshConfig: undefined, manifests: [] }, one.documents);
  });
  afterAll(async () => mesh.reset());

  it('each client’s namespace is closed', () => {
    const closed = documentsOf(guards)
      .map((document) => parse(document))
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && namespaces.includes(metadata.namespace));
    expect(closed.map(({ metadata }) => metadata.namespace).sort()).toEqual([...namespaces].sort());
  });

  /** Whoever is no client does not get as far as the exit that would refuse him, unless an ingress gateway that is one takes him there. */
  function sooner({ from, connectTo, expect: expected }: WorldCall): Expectation {
    const isClient = namespaces.includes(from.split('/')[0]) || connectTo?.host.includes('ingressgateway');
    if (isClient || expected.outcome === 'allowed' || !expected.by?.includes('/')) return expected;
    return { outcome: 'refused', by: `NetworkPolicy of ${expected.by}` };
  }

  it.each(one.world.calls.map((call) => ({ title: titleOf(call), call })))('$title', async ({ call }) => {
    const { expect: _, name: __, ...options } = call;
    await mesh.expect(options, sooner(call));
  });

  it('admission takes all of it, without a warning', async () => {
    const { accepted, said } = await review(mesh, one.documents.join('\n---\n'), ['--force-conflicts']);
    expect({ accepted, said }).toEqual({ accepted: true, said: '' });
  });
});

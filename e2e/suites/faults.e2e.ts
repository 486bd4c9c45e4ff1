import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { EXIT } from './attacks';
import { example, stage } from './examples';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { namesOf } from '../world/manifests';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const given = example('dist/tls-origination');
const all = given.documents.join('\n---\n');

const STRIPE: CallOptions = { from: 'payments/checkout', url: 'http://api.stripe.com/v1/charges', timeout: 3000 };
const SEARCH: CallOptions = { from: 'payments/report', url: 'http://search.example.com:8080/find', timeout: 3000 };
const THROUGH: Expectation = { outcome: 'allowed', status: 200, through: [EXIT], hop: 'mutual', upstream: 'tls' };

/** Calls that must not get out, whatever happens meanwhile. */
const FORBIDDEN: CallOptions[] = [
  { ...STRIPE, from: 'payments/report' },
  { ...STRIPE, from: 'shop/web' },
  { ...SEARCH, from: 'bystander/idle' },
  { from: 'payments/checkout', url: 'https://api.stripe.com/' },
];

/** Does something while forbidden calls are tried, and looks that none of them arrived. */
async function closedDuring(action: () => Promise<void>) {
  const watch = await mesh.watch(FORBIDDEN);
  let seen;
  try {
    await action();
  } finally {
    seen = await watch.end();
  }
  expect(seen.arrived).toEqual([]);
}

/** The one document of a kind and namespace that names a host. */
function documentFor(host: string, kind: string, namespace: string): string {
  const isIt = (document: string) =>
    document.includes(host) && namesOf([document], kind).some((id) => id.startsWith(`${namespace}/`));
  const found = given.documents.filter(isIt);
  if (found.length !== 1) {
    throw new Error(`${found.length} documents ${kind} in ${namespace} name ${host} in ${given.name}`);
  }
  return found[0];
}

/** Takes the exit's consent away, and nothing else: the rules that name the host. */
async function withdrawConsent() {
  const policy = parse(documentFor('api.stripe.com', 'AuthorizationPolicy', 'istio-egress'));
  const rules = policy.spec.rules.filter((rule: unknown) => !JSON.stringify(rule).includes('api.stripe.com'));
  expect(rules.length).toBeLessThan(policy.spec.rules.length);
  await mesh.apply({ ...policy, spec: { ...policy.spec, rules } });
}

/** Takes away what leads the caller to the exit. */
async function removeWay() {
  await mesh.delete(documentFor('api.stripe.com', 'VirtualService', 'payments'));
}

beforeAll(async () => stage(mesh, given));
afterAll(async () => mesh.reset());

describe('the gateway', () => {
  it('is killed, both pods: nothing gets out, and all is as before when it is back', async () => {
    await closedDuring(async () => {
      for (const { metadata } of await mesh.pods(EXIT)) await mesh.killProxy(`istio-egress/${metadata.name}`);
      await mesh.expect(STRIPE, THROUGH, { within: 30_000 });
    });
    await mesh.ready();
  });

  it('is restarted pod by pod: nothing gets out', async () => {
    await closedDuring(async () => {
      await mesh.restart(EXIT);
      await mesh.expect(STRIPE, THROUGH);
    });
  });

  const RETRIED = { ...SEARCH, timeout: 8000 };
  const PACE = { count: 600, concurrency: 6, pause: 50 };

  it('loses one of two pods gracefully: no retried GET of 600 fails', async () => {
    const [{ metadata }] = await mesh.pods(EXIT);
    const load = mesh.load(RETRIED, PACE);
    await pause(1000);
    await mesh.kubectl(['delete', 'pod', metadata.name, '-n', 'istio-egress', '--wait=false']);
    await load;
    await mesh.ready();
  });

  it('loses both pods gracefully: a call that takes longer than Istio waits by default has its answer', async () => {
    await mesh.behave('api.stripe.com', { delay: 10_000 });
    const slow = mesh.expect({ ...STRIPE, timeout: 20_000 }, THROUGH, { within: 1 });
    await pause(1000);
    for (const { metadata } of await mesh.pods(EXIT)) {
      await mesh.kubectl(['delete', 'pod', metadata.name, '-n', 'istio-egress', '--wait=false']);
    }
    await slow;
    await mesh.behave('api.stripe.com', {});
    await mesh.ready();
  });

  // The kubelet's readiness probe takes the endpoint out of the Service; until then the client's sidecar retries on the other pod.
  it('loses one of two pods abruptly: no retried GET of 600 fails', async () => {
    const [{ metadata }] = await mesh.pods(EXIT);
    const load = mesh.load(RETRIED, PACE);
    await pause(1000);
    await mesh.killProxy(`istio-egress/${metadata.name}`);
    await load;
    await mesh.ready();
  });
});

describe('the upstream', () => {
  afterEach(async () => mesh.behave('api.stripe.com', {}));

  it('is down: its callers get 503, others their answers', async () => {
    await mesh.behave('api.stripe.com', { down: true });
    await mesh.expect(STRIPE, { outcome: 'refused', status: 503, by: EXIT });
    await mesh.expect(SEARCH, THROUGH);
  });

  it('comes back: its callers get through', async () => {
    await mesh.behave('api.stripe.com', { down: true });
    await mesh.call(STRIPE);
    await mesh.behave('api.stripe.com', {});
    await mesh.expect(STRIPE, THROUGH);
  });

  it('is slow: the answer comes late, and others do not wait', async () => {
    const delay = 3000;
    await mesh.behave('api.stripe.com', { delay });
    const start = Date.now();
    const slow = mesh.expect({ ...STRIPE, timeout: 3 * delay }, THROUGH);
    await mesh.load({ ...SEARCH, timeout: delay }, { count: 20, concurrency: 2, pause: 5 });
    expect(Date.now() - start).toBeLessThan(delay);
    await slow;
  });
});

describe('istiod', () => {
  it('is restarted: traffic goes on, and changes arrive afterwards', async () => {
    await closedDuring(async () => {
      const load = mesh.load({ ...STRIPE, timeout: 8000 }, { count: 200, concurrency: 2, pause: 30 });
      await mesh.restartIstiod();
      await load;
    });
    await withdrawConsent();
    await mesh.expect(STRIPE, { outcome: 'refused', status: 403, by: EXIT }, { within: 20_000 });
    await mesh.apply(all);
    await mesh.expect(STRIPE, THROUGH);
  });
});

describe('a grant', () => {
  afterEach(async () => {
    await mesh.apply(all);
    await mesh.expect(STRIPE, THROUGH);
  });

  it.each([
    {
      title: 'consent first',
      first: withdrawConsent,
      then: removeWay,
      between: { outcome: 'refused', status: 403, by: EXIT } as const,
    },
    {
      title: 'the way to it first',
      first: removeWay,
      then: withdrawConsent,
      between: { outcome: 'refused', status: 502, by: 'sidecar' } as const,
    },
  ])('is removed, $title: its traffic stops, others’ does not', async ({ first, then, between }) => {
    await closedDuring(async () => {
      await first();
      await mesh.expect(STRIPE, between);
      await mesh.expect(SEARCH, THROUGH);
      await then();
      await mesh.settled();
      await mesh.expect(STRIPE, { outcome: 'refused', status: 502, by: 'sidecar' });
      await mesh.expect(SEARCH, THROUGH);
    });
  });
});

describe('the files', () => {
  const isWorkload = (document: string) =>
    ['Deployment', 'Service', 'ServiceAccount'].some((kind) => namesOf([document], kind).length);
  const configuration = given.documents.filter((document) => !isWorkload(document));

  /** The same shuffle every time. */
  function shuffled(seed: number): string[] {
    const key = (index: number) => (index * 7919 + seed * 104_729) % 1009;
    return configuration
      .map((document, index) => ({ document, key: key(index + 1) }))
      .sort((a, b) => a.key - b.key)
      .map(({ document }) => document);
  }

  it.each([
    ['as written', configuration],
    ['backwards', [...configuration].reverse()],
    ['shuffled', shuffled(1)],
    ['shuffled otherwise', shuffled(2)],
  ])('are applied one by one %s: closed at every moment, open at the end', async (_, order) => {
    await mesh.delete(configuration.join('\n---\n'));
    await mesh.settled();
    await mesh.expect(STRIPE, { outcome: 'refused', status: 502, by: 'sidecar' });
    await closedDuring(async () => {
      for (const document of order) await mesh.apply(document);
      await mesh.expect(STRIPE, THROUGH);
      await mesh.expect(SEARCH, THROUGH);
    });
  });

  it('are applied again unchanged: nothing fails meanwhile', async () => {
    const load = mesh.load({ ...STRIPE, timeout: 8000 }, { count: 150, concurrency: 2, pause: 20 });
    await mesh.apply(all);
    await load;
  });
});

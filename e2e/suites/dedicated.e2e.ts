import { example, stage } from './examples';
import { eventually } from '../bed/poll';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const CALL: CallOptions = { from: 'apps/sleep', url: 'http://bin.corp.example/status/418' };

/** The number of a workload's pods that are ready. */
async function readyPods(workload: string): Promise<number> {
  const pods = await mesh.pods(workload);
  return pods.filter(({ status }) =>
    status?.conditions?.some(({ type, status: value }: any) => type === 'Ready' && value === 'True'),
  ).length;
}

const becomeReady = async (workload: string, count: number) =>
  eventually(`${count} ready pods of ${workload}`, async () => (await readyPods(workload)) === count, {
    within: 90_000,
  });

const BIN: CallOptions = { from: 'apps/sleep', url: 'http://bin.corp.example/status/200', timeout: 3000 };
const BIN_WORKS: Expectation = { outcome: 'allowed', status: 200, through: ['httpbin/httpbin-egress'] };
const WIKI: CallOptions = { from: 'apps/sleep', url: 'http://wiki.corp.example/', timeout: 3000 };
const WIKI_WORKS: Expectation = { outcome: 'allowed', status: 200, through: ['wiki/wiki-egress'] };

describe('a gateway whose readiness follows its upstream', () => {
  beforeAll(async () => stage(mesh, example('dist/upstream-proxy')));
  afterAll(async () => {
    await mesh.behave('httpbin.org', {});
    await mesh.reset();
  });

  it('is ready and carries while the upstream answers', async () => {
    await becomeReady('httpbin/httpbin-egress', 2);
    await mesh.expect(BIN, BIN_WORKS);
    await mesh.expect(WIKI, WIKI_WORKS);
  });

  it('loses its readiness when the upstream does not answer, and no other gateway loses anything', async () => {
    await mesh.behave('httpbin.org', { down: true });
    await becomeReady('httpbin/httpbin-egress', 0);
    await mesh.expect(BIN, { outcome: 'refused', status: 503, by: 'sidecar' });
    expect(await readyPods('crm/crm-egress')).toBe(2);
    expect(await readyPods('wiki/wiki-egress')).toBe(2);
    await mesh.expect(WIKI, WIKI_WORKS);
  });

  it('is ready again when the upstream is back', async () => {
    await mesh.behave('httpbin.org', {});
    await becomeReady('httpbin/httpbin-egress', 2);
    await mesh.expect(BIN, BIN_WORKS);
  });

  /** Nobody listens at the pod's own address; whoever tries calls past a sidecar, where there is one. */
  const askFrom = async (from: string) => {
    const [pod] = await mesh.pods('httpbin/httpbin-egress');
    const connectTo = { host: pod.status!.podIP as string, port: 8081 };
    await mesh.expect(
      { from, as: 'proxy', connectTo, url: 'http://127.0.0.1/upstream/ready?data', method: 'POST', body: 'data' },
      { outcome: 'refused', failure: 'refused' },
    );
  };

  it.each(['outside/browser', 'apps/sleep', 'crm/crm-egress'])('does not take the probe from %s', askFrom);

  const ask = async (path: string, ...more: string[]) => {
    const url = `http://127.0.0.1:8081${path}`;
    return (await mesh.exec('httpbin/httpbin-egress', ['curl', '-si', url, ...more])).stdout;
  };

  it('has one way for it there, which another team cannot change', async () => {
    const mine = (kind: string, spec: object) => ({
      apiVersion: 'networking.istio.io/v1',
      kind,
      metadata: { name: 'mine', namespace: 'apps' },
      spec,
    });
    await mesh.apply([
      mine('VirtualService', {
        hosts: ['127.0.0.1'],
        gateways: ['httpbin/httpbin-egress-upstream-probe'],
        http: [{ directResponse: { status: 418 } }],
      }),
      mine('DestinationRule', { host: 'httpbin.org', trafficPolicy: { tls: { mode: 'DISABLE' } } }),
    ]);
    await mesh.settled();
    expect(await ask('/upstream/ready')).toMatch(/^HTTP\/1.1 200/);
    expect(await ask('/anything')).toMatch(/^HTTP\/1.1 403/);
    expect(await ask('/upstream/ready', '-d', 'data')).toMatch(/^HTTP\/1.1 403/);
  });

  it('hears no redirect from the upstream', async () => {
    const name = ['virtualservice', 'httpbin-egress.upstream.probe', '-n', 'httpbin'];
    const route = JSON.parse((await mesh.kubectl(['get', ...name, '-o', 'json'])).stdout);
    route.spec.http[0].rewrite.uri = '/redirect/crm.vendor.example.com';
    await mesh.apply([route]);
    await mesh.settled();
    expect(await ask('/upstream/ready')).toMatch(/^HTTP\/1.1 302(?![^]*location:)/);
  });
});

describe('an agent that decides about each call', () => {
  beforeAll(async () => stage(mesh, example('dist/upstream-proxy-opa')));
  afterAll(async () => {
    await mesh.configure('REGISTRY_ONLY');
    await mesh.reset();
  });

  it('refuses every call while the mesh does not know it', async () => {
    await mesh.configure('REGISTRY_ONLY');
    await mesh.expect(CALL, { outcome: 'refused', status: 403, by: 'httpbin/httpbin-egress' });
  });

  it('refuses every call while it is down', async () => {
    await stage(mesh, example('dist/upstream-proxy-opa'));
    await mesh.expect(CALL, { outcome: 'allowed', status: 418 });
    for (const { metadata } of await mesh.pods('httpbin/httpbin-egress')) {
      await mesh.killOpa(`${metadata.namespace}/${metadata.name}`);
    }
    // 403 by the gateway or, when the kubelet has seen it, 503 because no pod is ready.
    await mesh.expect(CALL, { outcome: 'refused' });
    await mesh.expect({ ...CALL, headers: { 'x-word-of-the-day': 'teapot' } }, { outcome: 'refused' });
  });
});

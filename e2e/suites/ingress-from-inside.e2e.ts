/** What an ingress gateway serves, asked for from within the mesh and by paths that servers read in several ways. */
import { App, Chart, Testing } from 'cdk8s';
import { example, stage } from './examples';
import { EgressGuard, GuardedNamespaces, InCluster } from '../../src';
import { CallOptions } from '../world/call';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const SERVICE = 'istio-ingressgateway.istio-system.svc.cluster.local';
const INGRESS = 'istio-system/istio-ingressgateway';
const OUTSIDE: CallOptions = {
  from: 'outside/browser',
  url: 'https://edition.cnn.com/',
  connectTo: { host: SERVICE, port: 443 },
};
const BY_SERVER_NAME: CallOptions = { ...OUTSIDE, from: 'apps/sleep', timeout: 3000 };
const BY_REWRITE: CallOptions = { from: 'apps/sleep', url: `http://${SERVICE}/status/418`, timeout: 3000 };

/** A team's own route, which has the ingress gateway take its calls for those of somebody outside. */
const REWRITE = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'mine', namespace: 'apps' },
  spec: {
    exportTo: ['.'],
    hosts: [SERVICE],
    http: [
      { rewrite: { authority: 'httpbin.org' }, route: [{ destination: { host: SERVICE, port: { number: 80 } } }] },
    ],
  },
};

/** Names a published host, for the ingress gateway alone, with an endpoint of somebody else's. */
const claim = (address: string) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'claim', namespace: 'mallory' },
  spec: {
    hosts: ['httpbin.org'],
    exportTo: ['istio-system'],
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    resolution: 'STATIC',
    endpoints: [{ address }],
  },
});

beforeAll(async () => {
  const evil = await mesh.external({ hosts: ['evil.example'] });
  await mesh.namespace('mallory');
  await mesh.apply([claim(evil.addresses[0])]);
  await new Promise((resolve) => setTimeout(resolve, 1100)); // creation times are full seconds
  await stage(mesh, example('dist/ingress-proxy'));
  await mesh.apply([REWRITE]);
  await mesh.settled();
});
afterAll(async () => mesh.reset());

describe('from inside', () => {
  afterAll(async () => annotate('networking.istio.io/exportTo-'));

  it('is reached like from outside by whoever reaches the gateway’s Service', async () => {
    await mesh.expect(BY_SERVER_NAME, { outcome: 'allowed', through: [INGRESS], server: 'edition.cnn.com' });
    await mesh.expect(BY_REWRITE, { outcome: 'allowed', status: 418, through: [INGRESS] });
  });

  it('is not, where sidecars do not know that Service', async () => {
    await annotate('networking.istio.io/exportTo=.');
    await mesh.settled();
    await mesh.expect(BY_SERVER_NAME, { outcome: 'refused', by: 'sidecar' });
    await mesh.expect(BY_REWRITE, { outcome: 'refused', by: 'sidecar' });
    const [pod] = await mesh.pods(INGRESS);
    const connectTo = { host: pod.status!.podIP as string, port: 8443 };
    await mesh.expect({ ...BY_SERVER_NAME, connectTo }, { outcome: 'refused', by: 'sidecar' });
    await mesh.expect(OUTSIDE, { outcome: 'allowed', through: [INGRESS] });
  });

  it('is not from a guarded namespace, past the sidecar either', async () => {
    await annotate('networking.istio.io/exportTo-');
    const app = Testing.app() as App;
    new EgressGuard(new Chart(app, 'guard'), 'Guard', {
      namespaces: GuardedNamespaces.named(['apps']),
      inCluster: InCluster.none(),
    });
    const guard = app.charts.flatMap((chart) => chart.toJson());
    await mesh.apply(guard);
    await mesh.settled();
    await mesh.expect(BY_SERVER_NAME, { outcome: 'refused' });
    await mesh.expect(BY_REWRITE, { outcome: 'refused' });
    await mesh.expect({ ...BY_SERVER_NAME, as: 'proxy' }, { outcome: 'refused', by: 'NetworkPolicy of apps/sleep' });
    await mesh.expect(OUTSIDE, { outcome: 'allowed', through: [INGRESS] });
    await mesh.delete(guard);
    await mesh.settled();
  });
});

describe('its upstream', () => {
  const call = { ...OUTSIDE, url: 'http://httpbin.org/status/418', connectTo: { host: SERVICE, port: 80 } };

  it('is not that of an older ServiceEntry of another namespace, with the mesh’s serviceEntryVisibility', async () => {
    await mesh.expect(call, { outcome: 'allowed', through: [INGRESS], server: 'httpbin.org' });
  });

  it('is, without it', async () => {
    await mesh.configure('REGISTRY_ONLY', { serviceEntryVisibility: undefined });
    await mesh.expect(call, { outcome: 'allowed', through: [INGRESS], server: 'evil.example' });
    await mesh.configure('REGISTRY_ONLY');
  });
});

describe('by paths', () => {
  /** The path as it is, which no library mends. */
  const ask = async (path: string, ...more: string[]) => {
    const url = `http://${SERVICE}${path}`;
    const command = ['curl', '-s', '--path-as-is', '-H', 'Host: httpbin.org', '-w', '\n%{http_code}', url, ...more];
    return (await mesh.exec('outside/browser', command)).stdout;
  };

  it.each(['/status/418', '/status/200/', '/status/200?to=/../get', '/status/200/a%20b,c=d', '/status/./200'])(
    '%s is served',
    async (path) => expect(await ask(path)).toMatch(/"host":"httpbin.org","path":"\/status/),
  );

  it.each([
    '/status/..%20/get',
    '/status/..%09/get',
    '/status/..%2fget',
    '/status/..%2Fget',
    '/status/..%5cget',
    '/status/..\\get',
    '/status/%2e%2e/get',
    '/status/..%252fget',
    '/status/..;/get',
    '/status//get',
    '/status%2f..%2fget',
    '/status/../get',
    '/status/..%c0%afget',
    '/statusx',
    '//status/200',
  ])('%s is not', async (path) => {
    expect(await ask(path)).toBe('\n404');
    expect(await ask(path, '--http2-prior-knowledge')).toBe('\n404');
  });

  it('no header names another one', async () => {
    expect(await ask('/stream/1/1')).toBe('\n404');
    expect(await ask('/status/200', '-H', 'x-original-url: /get')).not.toContain('x-original-url');
  });
});

async function annotate(annotation: string): Promise<void> {
  await mesh.kubectl(['annotate', '--overwrite', 'service', 'istio-ingressgateway', '-n', 'istio-system', annotation]);
}

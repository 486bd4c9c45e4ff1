import { Mesh } from '../world/mesh';
import { workloadManifests } from '../world/workload';

/** What the bed itself does, where other suites rely on it and would not notice its absence. */
const mesh = Mesh.attach();

/** kube-apiserver takes it by the CRD's own rules; istiod does not. */
const refusedByIstiod = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace: 'shop', name: 'no-destination' },
  spec: { hosts: ['api.example.com'], http: [{ match: [{ uri: { prefix: '/' } }] }] },
};

/** A workload whose container of that name has a probe by command. */
function probed(name: string, container: string, command: string[]): object[] {
  const [account, deployment] = workloadManifests({ namespace: 'shop', name }) as any[];
  const { spec } = deployment.spec.template;
  spec.containers = [{ name: container, image: 'auto', readinessProbe: { exec: { command }, timeoutSeconds: 3 } }];
  return [account, deployment];
}

beforeAll(async () => {
  await mesh.namespace('shop');
  await mesh.workload({ namespace: 'shop', name: 'bare', sidecar: false });
  for (const http of ['1.1', '2'] as const) {
    const ports = [
      { port: 80, protocol: 'http' as const, http },
      { port: 443, protocol: 'https' as const, http },
    ];
    await mesh.external({ hosts: [`http-${http[0]}.example.com`], ports });
  }
  await mesh.external({ hosts: ['rows.example.com'], ports: [{ port: 5432, protocol: 'tcp', streams: true }] });
  await mesh.readyPod('shop/bare');
});
afterAll(async () => mesh.reset());

describe('istiod’s validation', () => {
  it('is asked, as in a cluster', async () => {
    await expect(mesh.apply(refusedByIstiod)).rejects.toThrow('denied the request');
  });

  it('is asked after a restart too', async () => {
    await mesh.restartIstiod();
    await expect(mesh.apply(refusedByIstiod)).rejects.toThrow('denied the request');
  });
});

describe('a readiness probe by command', () => {
  it('runs in the pod, as the proxy’s user, with what Istio’s image has', async () => {
    const url = 'http://127.0.0.1:15021/healthz/ready';
    const command = ['sh', '-c', `[ $(id -u) = 1337 ] && pilot-agent wait --timeoutSeconds 2 --url ${url}`];
    await mesh.apply(probed('by-agent', 'istio-proxy', command));
    await mesh.readyPod('shop/by-agent');
  });

  it('keeps a pod out of its Services while the command fails', async () => {
    await mesh.apply(probed('by-file', 'app', ['test', '-e', '/tmp/bed-probe-of-nobody']));
    await expect(mesh.ready({ within: 5000 })).rejects.toThrow('shop/by-file');
  });
});

describe('a server outside', () => {
  it.each(['http', 'https'])('of one version of HTTP answers no other one by %s', async (scheme) => {
    const call = (server: string, http: '1.1' | '2') =>
      mesh.call({ from: 'shop/bare', url: `${scheme}://http-${server}.example.com/`, http, timeout: 2000 });
    for (const http of ['1.1', '2'] as const) {
      expect(await call(http[0], http)).toMatchObject({ status: 200 });
      const other = await call(http[0], http === '2' ? '1.1' : '2');
      expect(other.headers?.['x-bed-upstream']).toBeUndefined();
      if (scheme === 'https') expect(other.failure).toBe('tls');
    }
  });

  it('streams to a silent caller for as long as it is connected, and knows how much', async () => {
    const result = await mesh.call({ from: 'shop/bare', url: 'tcp://rows.example.com:5432', listen: 1000 });
    expect(result.body).toMatch(/^row 0 of rows.example.com\nrow 1 /);
    expect(result.received).toBeGreaterThan(1000);
    expect(result.seen[0].sent).toBeGreaterThanOrEqual(result.received!);
  });
});

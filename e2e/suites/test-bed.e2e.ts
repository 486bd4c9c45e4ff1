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

beforeAll(async () => mesh.namespace('shop'));
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

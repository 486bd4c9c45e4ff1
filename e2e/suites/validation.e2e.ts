import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

/** kube-apiserver takes it by the CRD's own rules; istiod does not. */
const refusedByIstiod = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace: 'shop', name: 'no-destination' },
  spec: { hosts: ['api.example.com'], http: [{ match: [{ uri: { prefix: '/' } }] }] },
};

beforeAll(async () => mesh.namespace('shop'));
afterAll(async () => mesh.reset());

it('asks istiod, as a cluster does', async () => {
  await expect(mesh.apply(refusedByIstiod)).rejects.toThrow('denied the request');
});

it('asks it again after a restart', async () => {
  await mesh.restartIstiod();
  await expect(mesh.apply(refusedByIstiod)).rejects.toThrow('denied the request');
});

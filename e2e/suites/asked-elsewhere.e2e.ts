/** Who else could be asked in OPA's place: ServiceEntries of its name in other namespaces, older and newer. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { example, stage } from './examples';
import { EgressClient, Installation, OpaAuthorization, UpstreamProxy } from '../../src';
import { CallOptions } from '../world/call';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const IN_POD = 'opa.httpbin-egress.httpbin.internal';
const SERVICE = 'opa.policy.svc.cluster.local';
const REFUSED: CallOptions = { from: 'apps/sleep', url: 'http://bin.corp.example/anything' };
const ALLOWED: CallOptions = { from: 'apps/sleep', url: 'http://bin.corp.example/status/418' };

/** What a team makes so that somebody of its own is asked; here nobody is there, and no call would pass. */
const namesake = (exportTo: string, host = IN_POD) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'mine', namespace: 'apps' },
  spec: {
    exportTo: [exportTo],
    hosts: [host],
    ports: [{ number: 9191, name: 'grpc', protocol: 'GRPC' }],
    resolution: 'STATIC',
    endpoints: [{ address: '10.244.99.99' }],
  },
});

const decides = async () => {
  await mesh.settled();
  await mesh.expect(ALLOWED, { outcome: 'allowed', status: 418 });
  await mesh.expect(REFUSED, { outcome: 'refused', status: 403, by: 'httpbin/httpbin-egress' });
};

/** Makes an object again, so that it is younger than whatever is there; ages are whole seconds. */
async function renew(kind: string, name: string, namespace: string): Promise<void> {
  const { spec } = JSON.parse((await mesh.kubectl(['get', kind, name, '-n', namespace, '-o', 'json'])).stdout);
  await mesh.kubectl(['delete', kind, name, '-n', namespace]);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await mesh.apply([{ apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace }, spec }]);
}

beforeAll(async () => stage(mesh, example('dist/upstream-proxy-opa')));
afterEach(async () => mesh.delete([namesake('.')]));
afterAll(async () => {
  await mesh.configure('REGISTRY_ONLY');
  await mesh.reset();
});

describe('in the pods', () => {
  const old = async (exportTo: string) => {
    await mesh.apply([namesake(exportTo)]);
    await renew('ServiceEntry', 'httpbin-egress.opa.authorization', 'httpbin');
    await decides();
  };

  it.each(['.', '*', 'httpbin'])('a newer namesake that is exported to %s changes nothing', async (exportTo) => {
    await mesh.apply([namesake(exportTo)]);
    await decides();
  });

  it.each(['.', '*'])('nor does an older one that is exported to %s', old);

  it('nor does an older one that is exported to the exit’s namespace by name, where ServiceEntries count in their own alone', async () => {
    const { extensionProviders } = parse(readFileSync('install/upstream-proxy-opa/mesh-config.yaml', 'utf8'));
    const serviceEntryVisibility = { defaultVisibility: 'NAMESPACE', applyToSidecars: true };
    await mesh.configure('REGISTRY_ONLY', { extensionProviders, serviceEntryVisibility });
    await old('httpbin');
  });
});

describe('behind a Kubernetes Service', () => {
  beforeAll(async () => {
    const app = Testing.app() as App;
    new UpstreamProxy(new Chart(app, 'httpbin', { namespace: 'httpbin' }), 'HttpbinEgress', {
      host: 'bin.corp.example',
      upstreamHost: 'httpbin.org',
      clients: [EgressClient.serviceAccount('apps', 'sleep')],
      authorization: OpaAuthorization.service({ host: SERVICE }),
    });
    const [file] = Installation.write(app, mkdtempSync(join(tmpdir(), 'install-')));
    await mesh.namespace('policy', { injection: false });
    await mesh.apply([namesake('httpbin', SERVICE)]);
    await mesh.apply(server());
    await mesh.apply(app.charts.flatMap((chart) => chart.toJson()));
    await mesh.configure('REGISTRY_ONLY', parse(readFileSync(file, 'utf8')));
    await mesh.ready();
  });

  it.each(['httpbin', '*'])(
    'an older ServiceEntry of its name that is exported to %s changes nothing',
    async (exportTo) => {
      await mesh.apply([namesake(exportTo, SERVICE)]);
      await decides();
    },
  );
});

/** OPA in a pod of its own. */
function server(): object[] {
  const metadata = { name: 'opa', namespace: 'policy' };
  const policy = example('dist/upstream-proxy-opa')
    .documents.map((document) => parse(document))
    .find(({ kind, metadata: { name } }) => kind === 'ConfigMap' && name === 'httpbin-policy');
  const config = 'plugins: { envoy_ext_authz_grpc: { addr: ":9191", path: istio/authz/allow } }';
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'config.yaml': config } },
    { ...policy, metadata: { name: 'policy', namespace: 'policy' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: { app: 'opa' } },
        template: {
          metadata: { labels: { app: 'opa' } },
          spec: {
            containers: [
              {
                name: 'opa',
                image: 'openpolicyagent/opa:envoy',
                args: ['run', '--server'],
                volumeMounts: [
                  { name: 'config', mountPath: '/config' },
                  { name: 'policy', mountPath: '/policy' },
                ],
              },
            ],
            volumes: [
              { name: 'config', configMap: { name: 'opa' } },
              { name: 'policy', configMap: { name: 'policy' } },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { app: 'opa' }, ports: [{ name: 'grpc', port: 9191 }] },
    },
  ];
}

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { parse } from 'yaml';
import {
  EgressGateway,
  EgressWaypoint,
  GatewayInstallation,
  GatewayWorkload,
  Installation,
  Mesh,
  OpaAuthorization,
} from '../../src';
import { failing } from '../fixtures';

function written(props: object): { [file: string]: string } {
  const outdir = mkdtempSync(join(tmpdir(), 'egress-'));
  const app = new App({ outdir: join(outdir, 'dist') });
  new EgressGateway(new Chart(app, 'platform'), 'Exit', props);
  const files = Installation.write(app, join(outdir, 'install'));
  return Object.fromEntries(files.map((file) => [basename(file), readFileSync(file, 'utf8')]));
}

test('writes what is no manifest: the operator file, and what the mesh configuration needs', () => {
  const files = written({
    workload: GatewayWorkload.managed({ installation: GatewayInstallation.ISTIO_OPERATOR }),
    authorization: OpaAuthorization.service({ host: 'opa.policy.svc.cluster.local' }),
  });
  expect(Object.keys(files)).toEqual(['istio-egress.istio-operator.yaml', 'mesh-config.yaml']);
  expect(files['istio-egress.istio-operator.yaml']).toContain('kind: IstioOperator');
  expect(files['mesh-config.yaml']).toContain('name: opa-istio-egress');
});

test('a waypoint’s hosts count everywhere and others at home: beside what else the mesh needs, from Istio 1.31 on', () => {
  const content = (istioVersion?: string) => {
    const outdir = mkdtempSync(join(tmpdir(), 'egress-'));
    const app = new App({ outdir: join(outdir, 'dist') });
    if (istioVersion) Mesh.configure(app, { istioVersion });
    const platform = new Chart(app, 'platform');
    new EgressWaypoint(platform, 'B', { namespace: 'b' });
    new EgressWaypoint(platform, 'A', { namespace: 'a' });
    const authorization = OpaAuthorization.service({ host: 'opa.policy.svc.cluster.local' });
    new EgressGateway(platform, 'Exit', { authorization });
    const [file] = Installation.write(app, join(outdir, 'install'));
    return parse(readFileSync(file, 'utf8'));
  };
  const { extensionProviders, serviceEntryVisibility } = content();
  expect(extensionProviders).toHaveLength(1);
  expect(serviceEntryVisibility.defaultVisibility).toBe('NAMESPACE');
  expect(serviceEntryVisibility.policies).toEqual(
    ['a', 'b'].map((name) => ({
      visibility: 'PUBLIC',
      matchingRules: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }],
    })),
  );
  expect(Object.keys(content('1.30'))).toEqual(['extensionProviders']);
});

test('writes nothing where nothing is needed', () => {
  expect(written({})).toEqual({});
});

test('refuses a folder that Flux would apply', () => {
  const app = new App({ outdir: '/somewhere/dist' });
  expect(() => Installation.write(app, '/somewhere/dist/install')).toThrow(failing('InstallationFolder'));
  expect(() => Installation.write(app, '/somewhere/dist')).toThrow(failing('InstallationFolder'));
  expect(() => Installation.write(app, '/somewhere/dist/..install')).toThrow(failing('InstallationFolder'));
  expect(Installation.write(app, '/somewhere/distant')).toEqual([]);
});

test('every provider has a name of its own, else istiod would refuse them all', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'egress-'));
  const app = new App({ outdir: join(outdir, 'dist') });
  const chart = new Chart(app, 'platform');
  const authorization = OpaAuthorization.service({ host: 'opa.policy.svc.cluster.local' });
  new EgressGateway(chart, 'A', { name: 'a-b', namespace: 'c', authorization });
  new EgressGateway(chart, 'B', { name: 'a', namespace: 'b-c', authorization });
  expect(() => Installation.write(app, join(outdir, 'install'))).toThrow(failing('DuplicateObject', 'opa-a-b-c'));
});

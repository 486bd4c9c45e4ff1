import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { IConstruct } from 'constructs';
import { parse } from 'yaml';
import {
  DelegatedEgressWaypoint,
  EgressAccessLog,
  EgressGateway,
  EgressGatewayProps,
  EgressPort,
  EgressWaypoint,
  GatewayInstallation,
  GatewayWorkload,
  IngressGateway,
  IngressProxy,
  Installation,
  Mesh,
  MeshAccess,
  MeshSettings,
  OpaAuthorization,
  OutboundTrafficPolicy,
} from '../../src';
import { CLOSED_MESH, failing } from '../fixtures';

const CLOSED = { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } };
const AT_HOME = { defaultVisibility: 'NAMESPACE', applyToSidecars: true };
const SCOPED = { PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'true' };

function written(declare: (platform: Chart) => void, mesh: MeshSettings = {}): { [file: string]: any } {
  const outdir = mkdtempSync(join(tmpdir(), 'egress-'));
  const app = new App({ outdir: join(outdir, 'dist') });
  const silence = jest.spyOn(process, 'emitWarning').mockImplementation();
  Mesh.configure(app, mesh);
  silence.mockRestore();
  declare(new Chart(app, 'platform'));
  const files = Installation.write(app, join(outdir, 'install'));
  return Object.fromEntries(files.map((file) => [basename(file), parse(readFileSync(file, 'utf8'))]));
}

function manifestsOf(declare: (platform: Chart) => void): any[] {
  const chart = new Chart(Testing.app(), 'platform');
  declare(chart);
  return chart.toJson();
}

const gateway =
  (props: EgressGatewayProps = {}) =>
  (chart: Chart) =>
    void new EgressGateway(chart, 'Exit', props);
const authorization = OpaAuthorization.service({ host: 'opa.policy.svc.cluster.local' });

test('an exit needs a closed mesh: in the form of each way to install istiod', () => {
  const meshConfig = { ...CLOSED, serviceEntryVisibility: AT_HOME };
  expect(written(gateway())).toEqual({
    'istio-system.exits-closed.yaml': expect.anything(),
    'mesh-config.yaml': meshConfig,
    'istiod.helm-values.yaml': { meshConfig, env: SCOPED },
    'istiod.istioctl.yaml': {
      apiVersion: 'install.istio.io/v1alpha1',
      kind: 'IstioOperator',
      spec: { meshConfig, values: { pilot: { env: SCOPED } } },
    },
  });
});

test('what is said not to be so, or cannot be, is left out', () => {
  const values = (mesh: MeshSettings) => written(gateway(), mesh)['istiod.helm-values.yaml'];
  const open = {
    outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY,
    gatewaysScopedToNamespace: false,
    serviceEntriesScopedToNamespace: false,
  };
  const { outboundTrafficPolicy, ...others } = open;
  expect(values({ outboundTrafficPolicy })).toEqual({
    meshConfig: { serviceEntryVisibility: AT_HOME },
    env: SCOPED,
  });
  expect(values(others)).toEqual({ meshConfig: CLOSED });
  expect(values({ istioVersion: '1.30' })).toEqual({ meshConfig: CLOSED, env: SCOPED });
  expect(Object.keys(written(gateway(), open))).toEqual(['istio-system.exits-closed.yaml']);
});

test('the root namespace closes the pods of gateways before they have policies of their own', () => {
  const closed = written(gateway(), { rootNamespace: 'mesh-root' })['mesh-root.exits-closed.yaml'];
  expect(closed).toMatchObject({ kind: 'AuthorizationPolicy', metadata: { namespace: 'mesh-root' } });
  expect(closed.spec.rules).toBeUndefined();
  const [made] = manifestsOf(gateway()).filter(({ kind }) => kind === 'Deployment');
  expect(made.spec.template.metadata.labels).toMatchObject(closed.spec.selector.matchLabels);
  expect(Object.keys(written(gateway(), { rootNamespaceClosesGateways: false }))).not.toContain(
    'istio-system.exits-closed.yaml',
  );
});

test('the root namespace closes every waypoint of the mesh only where the mesh says so', () => {
  const waypoint = (chart: Chart) => void new EgressWaypoint(chart, 'Exit');
  const policies = (mesh: MeshSettings) =>
    Object.keys(written(waypoint, mesh)).filter((file) => file.includes('closed'));
  expect(policies({})).toEqual([]);
  expect(policies({ rootNamespaceClosesEveryWaypoint: true })).toEqual(['istio-system.waypoints-closed.yaml']);
  const closed = written(waypoint, { rootNamespaceClosesEveryWaypoint: true })['istio-system.waypoints-closed.yaml'];
  expect(closed).toMatchObject({ spec: { targetRefs: [{ kind: 'GatewayClass', name: 'istio-waypoint' }] } });
  expect(closed.spec.rules).toBeUndefined();
});

test('writes what else is no manifest: the operator file, and what the mesh configuration needs', () => {
  const workload = GatewayWorkload.managed({ installation: GatewayInstallation.ISTIO_OPERATOR });
  const files = written(gateway({ workload, authorization }));
  expect(files['istio-egress.istio-operator.yaml'].kind).toBe('IstioOperator');
  expect(files['mesh-config.yaml'].extensionProviders[0].name).toBe('opa-istio-egress');
});

test('ServiceEntries count beyond their namespace where a waypoint needs it, or an ingress that is open to the mesh', () => {
  const { policies, ...rest } = written((platform) => {
    new EgressWaypoint(platform, 'B', { namespace: 'b' });
    new EgressWaypoint(platform, 'A', { namespace: 'a' });
    new DelegatedEgressWaypoint(platform, 'Own', { namespace: 'own' });
    new EgressGateway(platform, 'Exit');
    const proxy = { hosts: ['httpbin.org'], ports: [EgressPort.http()] };
    const at = (namespace: string) => ({ ...proxy, ingress: IngressGateway.imported({ namespace }) });
    new IngressProxy(platform, 'Open', { ...at('open'), meshAccess: MeshAccess.OPEN_TO_MESH });
    new IngressProxy(platform, 'Closed', at('closed'));
  })['mesh-config.yaml'].serviceEntryVisibility;
  expect(rest).toEqual(AT_HOME);
  expect(policies).toEqual(
    ['a', 'b', 'open'].map((name) => ({
      visibility: 'PUBLIC',
      matchingRules: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }],
    })),
  );
});

test('writes nothing where nothing is needed', () => {
  expect(written(() => undefined)).toEqual({});
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
  new EgressGateway(chart, 'A', { name: 'a-b', namespace: 'c', authorization });
  new EgressGateway(chart, 'B', { name: 'a', namespace: 'b-c', authorization });
  expect(() => Installation.write(app, join(outdir, 'install'))).toThrow(failing('DuplicateObject', 'opa-a-b-c'));
});

describe('what was not written when the app is synthesized', () => {
  let warn: jest.SpyInstance;
  beforeEach(() => (warn = jest.spyOn(process, 'emitWarning').mockImplementation()));
  afterEach(() => warn.mockRestore());

  /** The warnings of an app of two charts, of which one declares. */
  function warnings(declare: (platform: Chart) => void, before: (app: App) => void = () => undefined) {
    const app = Testing.app() as App;
    Mesh.configure(app, CLOSED_MESH);
    declare(new Chart(app, 'platform'));
    new Chart(app, 'other');
    before(app);
    app.synth();
    return warn.mock.calls.map(([message, { type, code }]) => `${type} ${code}: ${message}`);
  }

  const workload = GatewayWorkload.managed({ installation: GatewayInstallation.ISTIO_OPERATOR });
  const NOT_WRITTEN = 'EgressNotInstalled InstallationNotWritten: ';
  const write = (scope: IConstruct) => void Installation.write(scope, mkdtempSync(join(tmpdir(), 'install-')));

  test.each([
    [
      'an authorizer',
      gateway({ authorization }),
      'the extension providers opa-istio-egress, in the mesh configuration',
    ],
    ['an operator file', gateway({ workload }), 'the gateways istio-egress, from IstioOperator files'],
    ['an access log', (chart: Chart) => void new EgressAccessLog(chart, 'Log', { exit: new EgressGateway(chart, 'Exit') }), 'egress-access-log'], // prettier-ignore
  ])('%s is told, once', (_, declare, what) => {
    const [message, ...more] = warnings(declare);
    expect(message).toContain(what);
    expect([message.startsWith(NOT_WRITTEN), more]).toEqual([true, []]);
    expect(warnings(declare, write)).toHaveLength(1);
  });

  test('settings of the mesh are stated, not installed', () => {
    expect(warnings(gateway())).toEqual([]);
  });

  test('what is written of one chart says nothing of another', () => {
    const declare = (name: string) => (app: App) =>
      void new EgressGateway(new Chart(app, name), 'Exit', { name, authorization });
    const said = warnings(gateway({ authorization }), (app) => {
      write(app);
      declare('late')(app);
    });
    expect(said).toEqual([expect.stringContaining('opa-late')]);
    expect(said[0]).not.toContain('opa-istio-egress,');
  });
});

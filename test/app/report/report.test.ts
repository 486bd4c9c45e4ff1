import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import {
  DelegatedEgressWaypoint,
  Egress,
  EgressAccessLog,
  EgressClient,
  EgressGateway,
  EgressGatewayProps,
  EgressGuard,
  EgressPort,
  EgressWaypoint,
  GatewayInstallation,
  GatewayWorkload,
  GuardedNamespaces,
  HttpEgress,
  HttpRule,
  InCluster,
  Installation,
  Mesh,
  OutboundTrafficPolicy,
  ReportedEncryption,
  ReportedExitKind,
  ReportedProtocol,
  ReportedRuleAction,
  SidecarExit,
  TcpEgress,
  TlsCredential,
  TlsOriginationEgress,
  UpstreamTls,
} from '../../../src';
import { CLOSED_MESH, world } from '../../fixtures';

const { MUTUAL_TLS, TLS, NONE, APPLICATION } = ReportedEncryption;

/** The declarations of an app with one exit and one client. */
function declarations(declare: (made: ReturnType<typeof world>) => void, props?: EgressGatewayProps) {
  const made = world(props);
  declare(made);
  return Egress.report(made.app).declarations;
}

test('says who answers for a declaration and for a grant, each by itself', () => {
  const whose = { owner: 'team-pay', reason: 'charges cards', ticket: 'PAY-17', expires: '2027-06-30' };
  const reported = declarations(({ chart, exit, clients }) => {
    const declared = { hosts: ['a.example'], clients };
    new HttpEgress(chart, 'A', { ...declared, exit, ...whose });
    new HttpEgress(chart, 'B', { ...declared, exit });
    exit.grant('C', { ...declared, ports: [EgressPort.http()], owner: 'team-exit' });
  });
  const said = Object.fromEntries(
    reported.map(({ path, owner, reason, ticket, expires }) => [path, { owner, reason, ticket, expires }]),
  );
  expect(said).toEqual({ 'payments/A': whose, 'payments/B': {}, 'platform/Exit/Grants/C': { owner: 'team-exit' } });
});

test('says who, through which exit, to where, how encrypted, and which calls', () => {
  const [declared] = declarations(({ chart, exit, clients }) => {
    new TlsOriginationEgress(chart, 'Bank', {
      hosts: ['a.example', 'b.example'],
      exit,
      clients: [...clients, EgressClient.namespace('shop')],
      endpoints: [{ address: '192.0.2.7' }],
      tls: UpstreamTls.mutual(TlsCredential.named('bank'), { subjectAltNames: ['c.example'], sni: 'd.example' }),
      rules: [
        HttpRule.allow({ methods: ['GET'], headers: { 'X-Role': ['auditor'] } }),
        HttpRule.deny({ paths: ['/admin'], clients }).dryRun(),
      ],
    });
  });
  expect(declared).toEqual({
    path: 'payments/Bank',
    clients: [
      { name: 'payments/checkout', namespace: 'payments', serviceAccount: 'checkout' },
      { name: 'shop/*', namespace: 'shop' },
    ],
    exit: {
      kind: ReportedExitKind.GATEWAY,
      namespace: 'istio-egress',
      name: 'istio-egress',
      imported: false,
      decidesForOthers: true,
    },
    hosts: ['a.example', 'b.example'],
    endpoints: ['192.0.2.7'],
    ports: [
      {
        protocol: ReportedProtocol.HTTP,
        port: 80,
        hop: MUTUAL_TLS,
        checksCaller: true,
        upstreamPort: 443,
        beyond: MUTUAL_TLS,
        verification: { credentialName: 'bank', subjectAltNames: ['c.example'], sni: 'd.example' },
      },
    ],
    rules: [
      { action: ReportedRuleAction.ALLOW, dryRun: false, methods: ['GET'], headers: { 'x-role': ['auditor'] } },
      { action: ReportedRuleAction.DENY, dryRun: true, paths: ['/admin'], clients: ['payments/checkout'] },
    ],
    tellsCalledName: false,
  });
});

test.each([
  [EgressPort.http(), { hop: MUTUAL_TLS, checksCaller: true, beyond: NONE }],
  [EgressPort.tlsOrigination(), { hop: MUTUAL_TLS, checksCaller: true, beyond: TLS, verification: {} }],
  [EgressPort.tlsPassthrough(), { hop: MUTUAL_TLS, checksCaller: true, beyond: APPLICATION }],
  [EgressPort.tlsPassthroughWithoutIdentity(), { hop: APPLICATION, checksCaller: false, beyond: APPLICATION }],
  [EgressPort.tcp(22), { hop: MUTUAL_TLS, checksCaller: true, beyond: APPLICATION }],
])('says how a port is encrypted, on both parts of its way (%#)', (port, expected) => {
  const [{ ports }] = declarations(({ chart, exit, clients }) => {
    new Egress(chart, 'A', { hosts: ['a.example'], exit, clients, ports: [port] });
  });
  expect(ports).toEqual([{ protocol: ports[0].protocol, port: ports[0].port, upstreamPort: ports[0].upstreamPort, ...expected }]); // prettier-ignore
});

test('of an imported exit it says what this app knows: its owner says the rest', () => {
  const [{ exit, ports, rules, endpoints }] = declarations(({ chart, clients }) => {
    new HttpEgress(chart, 'A', {
      hosts: ['a.example'],
      clients,
      exit: EgressGateway.imported({ namespace: 'edge' }),
      endpoints: [{ address: '192.0.2.7' }],
      rules: [HttpRule.allow({ methods: ['GET'] })],
    });
  });
  expect(exit).toMatchObject({ imported: true, namespace: 'edge', name: 'istio-egress', decidesForOthers: true });
  expect(ports).toEqual([{ protocol: ReportedProtocol.HTTP, port: 80, hop: MUTUAL_TLS, checksCaller: true }]);
  expect([rules, endpoints]).toEqual([[], undefined]);
});

test.each([
  ['a waypoint', (made: ReturnType<typeof world>) => new EgressWaypoint(made.platform, 'W', { name: 'w' }), true],
  ['a delegated one', ({ chart }: ReturnType<typeof world>) => new DelegatedEgressWaypoint(chart, 'W', { namespace: 'payments' }), false], // prettier-ignore
])('says of %s whether it decides for others', (_, make, decidesForOthers) => {
  const [declared] = declarations((made) => {
    new HttpEgress(made.chart, 'A', { hosts: ['a.example'], clients: made.clients, exit: make(made) });
  });
  expect(declared.exit).toMatchObject({ kind: ReportedExitKind.WAYPOINT, imported: false, decidesForOthers });
  expect(declared.ports[0]).toMatchObject({ hop: MUTUAL_TLS, checksCaller: true });
});

test('of a sidecar, that nothing is decided and nobody checked', () => {
  const [declared] = declarations(({ chart }) => {
    const clients = [EgressClient.namespace('payments')];
    new HttpEgress(chart, 'A', { hosts: ['a.example'], clients, exit: new SidecarExit(), port: 8080 });
    new TlsOriginationEgress(chart, 'B', { hosts: ['b.example'], clients, exit: new SidecarExit() });
  });
  expect(declared.exit).toMatchObject({ kind: ReportedExitKind.SIDECAR, imported: false, decidesForOthers: false });
  expect(declared.ports[0]).toMatchObject({ checksCaller: false, beyond: NONE });
  expect(declared.ports[0].hop).toBeUndefined();
});

test('says that the host may learn what was called, and through which proxy an exit connects', () => {
  const workload = GatewayWorkload.existing({ labels: { istio: 'egress' }, service: 'egress' });
  const rewritten = ({ chart, exit, clients }: ReturnType<typeof world>) => {
    new TlsOriginationEgress(chart, 'A', { hosts: ['a.example'], exit, clients, port: 8080 });
  };
  const tcp = ({ chart, exit, clients }: ReturnType<typeof world>) => {
    new TcpEgress(chart, 'A', { hosts: ['a.example'], exit, clients, port: 22 });
  };
  expect(declarations(rewritten, { workload })[0].tellsCalledName).toBe(true);
  expect(declarations(rewritten)[0].tellsCalledName).toBe(false);
  const [{ exit: proxied }] = declarations(tcp, { connectProxy: { host: 'proxy.example', port: 3128 } });
  expect(proxied.connectProxy).toBe('proxy.example:3128');
});

describe('of a whole app', () => {
  function whole(mesh?: Parameters<typeof world>[1]) {
    const { app, platform, chart, exit, clients } = world({}, mesh);
    const workload = GatewayWorkload.managed({ installation: GatewayInstallation.ISTIO_OPERATOR });
    new EgressGateway(platform, 'Other', { name: 'other', workload });
    new EgressAccessLog(platform, 'Log', { exit });
    new EgressWaypoint(platform, 'Waypoint', { namespace: 'edge' });
    new TcpEgress(chart, 'Db', { hosts: ['db.example'], exit, clients, port: 5432, addresses: ['192.0.2.1'] });
    const namespaces = GuardedNamespaces.named(['payments']);
    new EgressGuard(chart, 'Guard', { namespaces, inCluster: InCluster.none() });
    return app;
  }

  test('is JSON as it is, and the same each time', () => {
    const report = Egress.report(whole());
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(JSON.stringify(Egress.report(whole()))).toBe(JSON.stringify(report));
    expect(report.declarations[0].addresses).toEqual(['192.0.2.1']);
    expect(report.notes).toEqual([
      { path: 'payments/Guard', text: 'payments → only what is declared; in the cluster: nowhere' },
    ]);
  });

  test('is about what is below a scope', () => {
    const app = whole();
    expect(Egress.report(app.node.findChild('platform')).declarations).toEqual([]);
    expect(Egress.report(app.node.findChild('payments')).declarations).toHaveLength(1);
  });

  test('says what must be installed besides, and whether it is written', () => {
    const app = whole();
    const needed = {
      istioOperators: ['other.istio-egress'],
      extensionProviders: ['egress-access-log'],
      publicServiceEntries: ['edge'],
    };
    expect(Egress.report(app).installation).toEqual({ ...needed, written: false });
    Installation.write(app, mkdtempSync(join(tmpdir(), 'install-')));
    expect(Egress.report(app).installation).toEqual({ ...needed, written: true });
  });

  test.each([
    ['what is stated', CLOSED_MESH, true],
    ['what is denied', { ...CLOSED_MESH, outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY }, false],
    ['what is left unsaid', {}, undefined],
  ])('says of each precondition %s', (_, mesh, stated) => {
    const silence = jest.spyOn(process, 'emitWarning').mockImplementation();
    const { preconditions } = Egress.report(whole(mesh));
    silence.mockRestore();
    expect(preconditions.map(({ code }) => code)).toEqual([
      'OutboundAllowAny',
      'GatewaysNotScoped',
      'ServiceEntriesNotScoped',
      'ExitsNotClosed',
    ]);
    expect(preconditions[0]).toMatchObject({ needed: 'outboundTrafficPolicy is REGISTRY_ONLY', stated });
  });

  test('one chart that says nothing leaves it unsaid', () => {
    const app = Testing.app();
    const charts = ['a', 'b'].map((name) => new Chart(app, name));
    Mesh.configure(charts[0], CLOSED_MESH);
    const stated = () => Egress.report(app).preconditions.map((each) => each.stated);
    expect(stated()).toEqual([]);
    new EgressGateway(charts[0], 'Exit');
    expect(stated()).toEqual([true, true, true, true]);
    new EgressGateway(charts[1], 'Exit', { name: 'other' });
    expect(stated()).toEqual([undefined, undefined, undefined, undefined]);
  });
});

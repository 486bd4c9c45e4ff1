import { Chart } from 'cdk8s';
import { ambient, checkout, made } from './waypoint';
import {
  EgressClient,
  Egress,
  EgressGateway,
  EgressPort,
  EgressWaypoint,
  GatewayWorkload,
  HttpEgress,
  EgressExit,
  Mesh,
  TlsCredential,
  TlsOriginationEgress,
  TlsPassthroughEgress,
  UpstreamTls,
} from '../../src';
import { failing, openTcp, world } from '../fixtures';

const hosts = ['a.example'];
const clients = [checkout];

test('nothing is open before it is granted: what allows nothing comes first', () => {
  const { manifests } = ambient();
  const [first] = manifests().find({ namespace: 'istio-egress' });
  expect(first.kind).toBe('AuthorizationPolicy');
  expect(first.spec).toEqual({
    action: 'ALLOW',
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'egress-waypoint' }],
  });
});

test('the waypoint takes only HBONE, and routes of its own namespace', () => {
  const { spec, metadata } = ambient().manifests().only({ kind: 'Gateway' });
  expect(metadata.labels).toEqual({ 'istio.io/waypoint-for': 'service' });
  expect(spec).toEqual({
    gatewayClassName: 'istio-waypoint',
    listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'Same' } } }],
    infrastructure: {
      annotations: { 'proxy.istio.io/config': 'proxyHeaders: { envoyDebugHeaders: { disabled: true } }' },
      parametersRef: { group: '', kind: 'ConfigMap', name: 'egress-waypoint' },
    },
  });
});

test('name, namespace and metadata are those of everything beside it', () => {
  const { exit, manifests } = ambient({ name: 'way', namespace: 'edge', metadata: { labels: { team: 'net' } } });
  exit.grant('A', { hosts, clients, ports: [EgressPort.http()] });
  const objects = manifests().find({ namespace: 'edge' });
  expect(objects).toHaveLength(7);
  for (const { metadata } of objects) {
    expect(metadata.labels).toMatchObject({ team: 'net' });
    expect(metadata.name).toMatch(/^way(\.a\.example)?$/);
  }
});

test('stands in the namespace of its chart', () => {
  const { app } = ambient();
  expect(new EgressWaypoint(new Chart(app, 'edge', { namespace: 'edge' }), 'Waypoint').namespace).toBe('edge');
});

test.each([
  [{ namespace: 'istio-system' }, 'ExitInRootNamespace'],
  [{ name: 'A' }, 'NameSyntax'],
  [{ metadata: { name: 'x' } }, 'MetadataReserved'],
  [{ workload: { replicas: 0 } }, 'OutOfRange'],
  // istiod makes the pods, and in one way.
  [{ workload: { installation: 'INJECTED' } }, 'OptionUnknown'],
])('refuses %j', (props, code) => {
  expect(() => ambient(props as object)).toThrow(failing(code));
});

test('a declaration in a client’s chart leaves nothing in the client’s namespace', () => {
  const { exit, chart, manifests } = ambient();
  const egress = new TlsOriginationEgress(chart, 'A', { hosts, exit, clients });
  expect(egress.clientHops).toEqual([]);
  expect(chart.toJson()).toEqual([]);
  manifests().countIs({ namespace: 'payments' }, 0);
});

test('a grant makes what a declaration makes', () => {
  const granted = made('ServiceEntry', {});
  const { exit, chart, manifests } = ambient();
  new TlsOriginationEgress(chart, 'A', { hosts, exit, clients });
  expect(manifests().find({ kind: 'ServiceEntry' })).toEqual(granted);
  expect(Egress.describe(chart)).toEqual([
    "payments/A: payments/checkout → istio-egress/egress-waypoint (waypoint, mutual TLS) → a.example (HTTP 80 → TLS 443, verified with the system's CAs)",
  ]);
});

test('imported, it makes nothing anywhere', () => {
  const { chart, app } = world();
  const exit = EgressWaypoint.imported({ name: 'way', namespace: 'edge' });
  new HttpEgress(chart, 'A', { hosts, exit, clients });
  expect(chart.toJson()).toEqual([]);
  expect(Egress.describe(app)).toEqual([expect.stringContaining('edge/way (waypoint, mutual TLS)')]);
  expect(EgressWaypoint.imported()).toMatchObject({ exitName: 'egress-waypoint', namespace: 'istio-egress' });
  expect(() => EgressWaypoint.imported({ namespace: 'a.b' })).toThrow(failing('NameSyntax', 'EgressWaypoint.imported'));
});

test('one argument turns a declaration from gateway to waypoint', () => {
  const { platform, chart, exit: gateway, manifests } = world();
  const declare = (id: string, exit: EgressExit) =>
    new Egress(chart, id, { hosts, exit, clients, ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()] });
  declare('Before', gateway);
  const before = chart.toJson().length;
  declare('After', new EgressWaypoint(platform, 'Waypoint', { namespace: 'ambient-egress' }));
  expect(chart.toJson()).toHaveLength(before);
  const kinds = (namespace: string) =>
    manifests()
      .find({ namespace })
      .filter(({ metadata }) => metadata.name.endsWith('a.example'))
      .map(({ kind }) => kind);
  // The policy last: until it is there, nobody gets through.
  expect(kinds('ambient-egress')).toEqual(['ServiceEntry', 'DestinationRule', 'VirtualService', 'AuthorizationPolicy']);
});

test('its pods may read Secrets once a declaration names a credential, and not before', () => {
  const { exit, manifests } = ambient();
  exit.grant('A', { hosts, clients, ports: [EgressPort.tlsOrigination()] });
  manifests().countIs({ kind: 'Role' }, 0);
  exit.grant('B', {
    hosts: ['b.example'],
    clients,
    ports: [EgressPort.tlsOrigination({ tls: UpstreamTls.mutual(TlsCredential.named('b')) })],
  });
  const name = 'egress-waypoint';
  manifests().has({ kind: 'Role', namespace: 'istio-egress', name }, { rules: [{ resources: ['secrets'] }] });
  manifests().has(
    { kind: 'RoleBinding', namespace: 'istio-egress', name },
    { roleRef: { name }, subjects: [{ kind: 'ServiceAccount', name, namespace: 'istio-egress' }] },
  );
});

test('hands out the objects of a host', () => {
  const { exit } = ambient();
  expect(() => exit.host('a.example')).toThrow(failing('NotDeclared', 'no host is declared'));
  exit.grant('A', { hosts, clients, ports: [EgressPort.http()] });
  expect(exit.host('A.Example').serviceEntry.name).toBe('egress-waypoint.a.example');
  expect(() => exit.host('b.example')).toThrow(failing('NotDeclared', 'a.example'));
});

describe('beside a gateway', () => {
  function both() {
    const { app, platform, chart, exit: gateway, manifests } = world();
    return {
      app,
      chart,
      gateway,
      waypoint: new EgressWaypoint(platform, 'W', { beside: gateway }),
      platform,
      manifests,
    };
  }

  test('what tells where a host is stands there once, and knows the ports of both', () => {
    const { chart, gateway, waypoint, manifests } = both();
    new TlsOriginationEgress(chart, 'Old', { hosts, exit: gateway, clients });
    new TlsOriginationEgress(chart, 'New', { hosts, exit: waypoint, clients });
    const { metadata, spec } = manifests().only({ kind: 'ServiceEntry', namespace: 'istio-egress' });
    expect(metadata.labels).toEqual({ 'istio.io/use-waypoint': 'egress-waypoint' });
    expect(spec.ports).toEqual([
      { name: 'http-80', number: 80, protocol: 'HTTP', targetPort: 443 },
      { name: 'tls-443', number: 443, protocol: 'TLS' },
    ]);
    manifests().countIs({ kind: 'DestinationRule', name: 'istio-egress.a.example' }, 1);
    manifests().has(
      { kind: 'AuthorizationPolicy', name: 'egress-waypoint.a.example' },
      { spec: { targetRefs: [{ kind: 'ServiceEntry', name: 'istio-egress.a.example' }] } },
    );
  });

  test('it knows the ports of every declaration of the waypoint', () => {
    const { chart, waypoint, manifests } = both();
    new TlsPassthroughEgress(chart, 'New', { hosts, exit: waypoint, clients });
    expect(waypoint.host('a.example').destinationRule).toBeUndefined();
    new TlsOriginationEgress(chart, 'More', { hosts, exit: waypoint, clients });
    const { spec } = manifests().only({ kind: 'ServiceEntry', namespace: 'istio-egress' });
    expect(spec.ports.map(({ number }: { number: number }) => number)).toEqual([80, 443]);
    expect(waypoint.host('a.example').destinationRule?.toJson().spec.subsets).toHaveLength(1);
  });

  test('a host of the waypoint alone is let through by the gateway to nobody', () => {
    const { chart, waypoint, manifests } = both();
    new TlsOriginationEgress(chart, 'New', { hosts, exit: waypoint, clients });
    manifests().countIs({ kind: 'AuthorizationPolicy', name: 'istio-egress.payments' }, 0);
  });

  test('the two have to agree', () => {
    const { chart, gateway, waypoint } = both();
    new TlsOriginationEgress(chart, 'Old', { hosts, exit: gateway, clients });
    expect(() => new HttpEgress(chart, 'New', { hosts, exit: waypoint, clients })).toThrow(
      failing('DestinationConflict'),
    );
  });

  test.each([{ namespace: 'edge' }, { name: 'istio-egress' }])('cannot be %j', (props) => {
    const { platform, gateway } = both();
    const make = () => new EgressWaypoint(platform, 'Other', { beside: gateway, ...props });
    expect(make).toThrow(failing('ExitCannotCarry', 'istio-egress/istio-egress'));
  });

  test('the ports are in the order in which the waypoint alone would have them, so that the gateway goes without a change', () => {
    const { chart, waypoint, manifests } = both();
    const ports = [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough(), openTcp(5432)];
    new Egress(chart, 'New', { hosts, exit: waypoint, clients, ports });
    const { metadata, spec } = manifests().only({ kind: 'ServiceEntry', namespace: 'istio-egress' });
    const alone = ambient({ replaces: 'istio-egress' });
    new Egress(alone.chart, 'New', { hosts, exit: alone.exit, clients, ports });
    expect(alone.manifests().only({ kind: 'ServiceEntry' })).toMatchObject({ metadata, spec });
    expect(alone.manifests().only({ kind: 'DestinationRule' })).toEqual(
      manifests().only({ kind: 'DestinationRule', name: 'istio-egress.a.example' }),
    );
  });

  test('pods that exist already will do', () => {
    const { platform } = world();
    const workload = GatewayWorkload.existing({ labels: { a: 'b' }, service: 'gw' });
    const beside = new EgressGateway(platform, 'Gateway', { name: 'gw', namespace: 'edge', workload });
    expect(() => new EgressWaypoint(platform, 'W', { beside, namespace: 'edge' })).not.toThrow();
  });
});

describe('in the place of a gateway that is gone', () => {
  test('what tells where a host is keeps its name; what decides and routes has the waypoint’s', () => {
    const { exit, manifests } = ambient({ replaces: 'istio-egress' });
    exit.grant('A', { hosts, clients, ports: [EgressPort.tlsOrigination()] });
    const named = (kind: string) => manifests().only({ kind, name: `${exit.exitName}.a.example` });
    const kept = (kind: string) => manifests().only({ kind, name: 'istio-egress.a.example' });
    expect(kept('ServiceEntry').metadata.labels).toEqual({ 'istio.io/use-waypoint': 'egress-waypoint' });
    expect(kept('DestinationRule').spec.host).toBe('a.example');
    expect(named('VirtualService').spec.hosts).toEqual(['a.example']);
    expect(named('AuthorizationPolicy').spec.targetRefs[0].name).toBe('istio-egress.a.example');
  });

  test('it is a name, and the gateway is gone', () => {
    expect(() => ambient({ replaces: 'A' })).toThrow(failing('NameSyntax', 'replaces'));
    const { platform, exit: beside } = world();
    const make = () => new EgressWaypoint(platform, 'W', { beside, replaces: 'istio-egress' });
    expect(make).toThrow(failing('ExitCannotCarry', 'afterwards'));
  });
});

describe('before Istio 1.26', () => {
  test('there are no sizes, and none can be set', () => {
    const { exit, manifests } = ambient(undefined, { istioVersion: '1.25' });
    expect(exit.parameters).toBeUndefined();
    manifests().countIs({ kind: 'ConfigMap' }, 0);
    expect(manifests().only({ kind: 'Gateway' }).spec.infrastructure.parametersRef).toBeUndefined();
    const sized = (istioVersion: string) => ambient({ workload: { replicas: 2 } }, { istioVersion });
    expect(() => sized('1.25')).toThrow(failing('VersionUnsupported', '1.26'));
    expect(sized('1.26').exit.parameters).toBeDefined();
  });

  test('the oldest version of the library carries the rest', () => {
    const { app, exit, manifests } = ambient(undefined, { istioVersion: '1.25' });
    expect(Mesh.of(app)._version.atLeast(1, 26)).toBe(false);
    exit.grant('A', { hosts, clients, ports: [EgressPort.tlsOrigination(), openTcp(5432)] });
    manifests().countIs({ namespace: 'istio-egress' }, 6);
  });
});

describe('what Istio would pass it by for is refused', () => {
  test('the name that means none', () => {
    expect(() => ambient({ name: 'none' })).toThrow(failing('NameSyntax', 'no'));
    expect(() => EgressWaypoint.imported({ name: 'none' })).toThrow(/^\[NameSyntax\]/);
  });

  test.each(['istio.io/use-waypoint', 'istio.io/use-waypoint-namespace', 'istio.io/use-waypoint-canary'])(
    'the label %s',
    (label) => {
      expect(() => ambient({ metadata: { labels: { [label]: 'other' } } })).toThrow(failing('MetadataReserved', label));
    },
  );

  test('a client in its own namespace, where sidecars would go past it', () => {
    const { exit } = ambient();
    const here = [EgressClient.namespace('istio-egress')];
    const grant = () => exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients: here });
    expect(grant).toThrow(failing('ClientInExitNamespace', 'istio-egress'));
  });
});

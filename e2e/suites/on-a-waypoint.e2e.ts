/** Examples for sidecars with an EgressWaypoint where their EgressGateway is: the calls of their own worlds, from ambient namespaces. */
import { App, Testing } from 'cdk8s';
import { example } from './examples';
import { httpAndHttps } from '../../examples/http-and-https/chart';
import { httpEgress } from '../../examples/http-egress/chart';
import { paymentsRepo, platformRepo } from '../../examples/mutual-tls-origination/chart';
import { tcpDatabase } from '../../examples/tcp-database/chart';
import { tlsOrigination } from '../../examples/tls-origination/chart';
import { prepare, titleOf } from '../prove/prove';
import { World, WorldCall } from '../prove/world';
import { Mesh } from '../world/mesh';

jest.mock(
  'cdk8s-istio-egress',
  () => {
    const library = jest.requireActual('../../src');
    // All that an example has to say otherwise: ztunnel knows hosts by name, and no ranges of addresses; and a policy decides.
    class TcpEgress extends library.TcpEgress {
      constructor(scope: unknown, id: string, props: object) {
        super(scope, id, { ...props, addresses: undefined, anyoneInMeshMayReadWhatServerSendsUnasked: true });
      }
    }
    return { ...library, TcpEgress, EgressGateway: library.EgressWaypoint };
  },
  { virtual: true },
);

const mesh = Mesh.attach();

const GATEWAY = 'istio-egress/istio-egress';
const WAYPOINT = 'istio-egress/egress-waypoint';

/** The example's world, with every namespace of callers in ambient. */
function enrolled(world: World, unread: string[]): World {
  const labels = { 'istio.io/dataplane-mode': 'ambient' };
  const namespaces = (world.namespaces ?? []).map(({ name }) =>
    name === 'istio-egress' ? { name } : { name, labels },
  );
  return { ...world, namespaces, calls: world.calls.map((call) => throughWaypoint(call, unread)) };
}

/** What was refused by a sidecar or the gateway is refused by the waypoint; what was let through is let through there. */
function throughWaypoint({ expect: { outcome, ...expected }, ...call }: WorldCall, unread: string[]): WorldCall {
  if (outcome === 'refused') {
    // Of what nobody reads, the waypoint decides on a connection that stands already.
    const outside = unread.includes(new URL(call.url).protocol) ? 'connection' : 'nothing';
    return { ...call, expect: { outcome, by: WAYPOINT, outside } };
  }
  const text = JSON.stringify(expected).replaceAll(GATEWAY, WAYPOINT);
  return { ...call, expect: { outcome, ...JSON.parse(text), through: [WAYPOINT] } };
}

describe.each([
  ['http-egress', [httpEgress], []],
  ['http-and-https', [httpAndHttps], ['https:']],
  ['tls-origination', [tlsOrigination], []],
  ['mutual-tls-origination', [platformRepo, paymentsRepo], []],
  ['tcp-database', [tcpDatabase], ['tcp:']],
])('%s', (name, repos, unread) => {
  const world = enrolled(example(`dist/${name}`).world, unread);

  beforeAll(async () => {
    const app = Testing.app() as App;
    for (const repo of repos) repo(app);
    const documents = app.charts.flatMap((chart) => chart.toJson()).map((object) => JSON.stringify(object));
    await prepare(mesh, world, documents);
  }, 180_000);
  afterAll(async () => mesh.reset());

  test.each(world.calls.map((call) => [titleOf(call), call] as const))('%s', async (_, call) => {
    const { expect: expected, name: __, ...options } = call;
    await mesh.expect(options, expected);
  });
});

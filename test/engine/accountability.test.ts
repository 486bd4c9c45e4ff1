import { AmbientNamespace, Egress, EgressClient, EgressExit, EgressPort, EgressWaypoint, SidecarExit } from '../../src';
import { askAtOnce } from '../../src/engine/ask';
import { Question } from '../../src/engine/question';
import { world } from '../fixtures';

const WHOSE = { owner: 'team-pay', reason: 'charges cards', ticket: 'PAY-17', expires: '2027-06-30' };
const BYSTANDER = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'bystander', namespace: 'payments' },
  spec: { serviceAccountName: 'bystander', containers: [{ name: 'app', image: 'app' }] },
};

/** What the engine's inventory says of who answers for the calls of a namespace to the host. */
function notes(exitOf: (made: ReturnType<typeof world>) => EgressExit, port: EgressPort): unknown[] {
  const made = world();
  const exit = exitOf(made);
  const clients = exit instanceof SidecarExit ? [EgressClient.namespace('payments')] : made.clients;
  new Egress(made.chart, 'A', { hosts: ['a.example.com'], ports: [port], exit, clients, ...WHOSE });
  const manifests = [...made.manifests().all, BYSTANDER].map((one) => JSON.stringify(one)).join('\n---\n');
  const mesh = 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }';
  const question = { paths: [], manifests, mesh, calls: [], inventory: true } as Question;
  const { inventory } = askAtOnce(question, { PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'true' }) as any;
  return inventory
    .filter(({ caller, host }: any) => caller.startsWith('payments/') && host === 'a.example.com')
    .map((row: any) => row.notes);
}

function waypoint({ platform, chart }: ReturnType<typeof world>): EgressExit {
  new AmbientNamespace(chart, 'Namespace', { name: 'payments' });
  return new EgressWaypoint(platform, 'Waypoint', { namespace: 'waypoints' });
}

test.each<[string, (made: ReturnType<typeof world>) => EgressExit, EgressPort]>([
  ['HTTP through a gateway', ({ exit }) => exit, EgressPort.http()],
  ['TLS from a gateway on', ({ exit }) => exit, EgressPort.tlsOrigination()],
  ['TLS from a waypoint on', waypoint, EgressPort.tlsOrigination()],
  ['TLS of the application through a waypoint', waypoint, EgressPort.tlsPassthrough()],
  ['TCP through a waypoint', waypoint, EgressPort.tcp(5432)],
  ['TLS from sidecars on', () => new SidecarExit(), EgressPort.tlsOrigination()],
])('the inventory says who answers for %s', (_, exit, port) => {
  expect(notes(exit, port)).toEqual([WHOSE]);
});

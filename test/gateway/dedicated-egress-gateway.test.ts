import { Chart, Testing } from 'cdk8s';
import { DedicatedEgressGateway, EgressClient, EgressPort, TlsOriginationEgress } from '../../src';
import { Manifests } from '../../src/assertions';
import { failing } from '../fixtures';

const clients = [EgressClient.namespace('shop')];
const ports = [EgressPort.tlsOrigination()];

function dedicated(props: object = {}, namespace?: string) {
  const app = Testing.app();
  const chart = new Chart(app, 'crm', { namespace });
  const exit = new DedicatedEgressGateway(chart, 'CrmEgress', { hosts: ['crm.example'], ...props });
  return { app, chart, exit };
}

test.each([
  [{}, undefined, 'crm-egress/crm-egress'],
  [{}, 'crm', 'crm/crm-egress'],
  [{ name: 'out', namespace: 'net' }, 'crm', 'net/out'],
])('is named by its id, in the namespace of its chart: %j in %s', (props, namespace, name) => {
  const { exit } = dedicated(props, namespace);
  expect(`${exit.namespace}/${exit.exitName}`).toBe(name);
});

test('lets out its upstream', () => {
  const { app, chart, exit } = dedicated();
  new TlsOriginationEgress(chart, 'Crm', { hosts: ['CRM.example'], exit, clients });
  Manifests.fromApp(app).has({ kind: 'ServiceEntry', namespace: 'crm-egress' }, { spec: { hosts: ['crm.example'] } });
});

test('lets out nothing else', () => {
  const { chart, exit } = dedicated();
  const other = { hosts: ['crm.example', 'other.example'], clients };
  expect(() => exit.grant('A', { ...other, ports })).toThrow(failing('ExitCannotCarry', 'other.example'));
  expect(() => new TlsOriginationEgress(chart, 'B', { ...other, exit })).toThrow(failing('ExitCannotCarry'));
});

test('refuses an upstream that is none', () => {
  expect(() => dedicated({ hosts: [] })).toThrow(failing('HostsMissing'));
  expect(() => dedicated({ hosts: ['https://crm.example'] })).toThrow(failing('HostSyntax'));
});

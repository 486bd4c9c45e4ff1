import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressWaypoint, HttpEgress, EgressClient } from '../../src';
import { knownExits } from '../../src/app/known-exits';

const namespaces = (chart: Chart) => knownExits(chart).map(({ namespace }) => namespace);

test('exits that the app makes or declares through are known, each once, and those that it has taken away are not', () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  const imported = EgressGateway.imported({ namespace: 'elsewhere' });
  const clients = [EgressClient.namespace('shop')];
  for (const id of ['a', 'b']) new HttpEgress(chart, id, { hosts: [`${id}.example.com`], exit: imported, clients });
  new EgressGateway(chart, 'Gateway', { namespace: 'gateways' });
  new EgressWaypoint(chart, 'Waypoint', { namespace: 'waypoints' });
  expect(namespaces(chart).sort()).toEqual(['elsewhere', 'gateways', 'waypoints']);
  chart.node.tryRemoveChild('Gateway');
  expect(namespaces(chart).sort()).toEqual(['elsewhere', 'waypoints']);
});

test('of an exit that is made and imported, what is known is what its owner says', () => {
  const chart = new Chart(new App(), 'chart');
  const made = new EgressGateway(chart, 'Gateway', { namespace: 'gateways' });
  const imported = EgressGateway.imported({ namespace: 'gateways' });
  new HttpEgress(chart, 'A', { hosts: ['a.example.com'], exit: imported, clients: [EgressClient.namespace('shop')] });
  expect(knownExits(chart, [imported])).toEqual([made._address()]);
});

test('a guard does not read the tree to know them', () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  new EgressGateway(chart, 'Gateway');
  const walk = jest.spyOn(app.node, 'findAll');
  expect(knownExits(chart)).toHaveLength(1);
  expect(walk).not.toHaveBeenCalled();
});

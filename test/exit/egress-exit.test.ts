import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressExit, EgressGateway, EgressWaypoint, SidecarExit } from '../../src';
import { isExit } from '../../src/exit/egress-exit';
import { failing } from '../fixtures';

const Extendable = EgressExit as unknown as new (scope: Construct, id: string) => Construct;

test('nobody else makes exits', () => {
  class Mine extends Extendable {
    public readonly exitName = 'mine';
    public readonly namespace = 'mine';
  }
  expect(() => new Mine(new App(), 'Mine')).toThrow(failing('ExitCannotCarry', 'Mine'));
});

test('exits are told from what only looks like one', () => {
  const chart = new Chart(new App(), 'platform', { namespace: 'edge' });
  const exits = [new EgressGateway(chart, 'G'), new EgressWaypoint(chart, 'W'), EgressGateway.imported()];
  for (const exit of [...exits, EgressWaypoint.imported(), new SidecarExit()]) expect(isExit(exit)).toBe(true);
  for (const other of [chart, { ...exits[0] }, Object.create(EgressExit.prototype), null, 'exit', undefined]) {
    expect(isExit(other)).toBe(false);
  }
});

test('exits of other apps are in no tree', () => {
  const exit = EgressGateway.imported();
  expect(exit.node.scope).toBeUndefined();
  expect(exit.node.path).toBe('');
});

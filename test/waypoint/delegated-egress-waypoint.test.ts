import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { ambient } from './waypoint';
import { DelegatedEgressWaypoint, Egress, EgressClient, Installation, TlsOriginationEgress } from '../../src';
import { Manifests } from '../../src/assertions';
import { failing } from '../fixtures';

const hosts = ['a.example'];
const clients = [EgressClient.serviceAccount('payments', 'checkout')];

function delegated() {
  const app = Testing.app() as App;
  const chart = new Chart(app, 'payments');
  const exit = new DelegatedEgressWaypoint(chart, 'Exit', { namespace: 'payments' });
  return { app, chart, exit, manifests: () => Manifests.fromApp(app) };
}

test('everything stands in the namespace of the callers, closed to whom it does not name', () => {
  const { chart, exit, manifests } = delegated();
  new TlsOriginationEgress(chart, 'A', { hosts, exit, clients });
  expect(manifests().all.map(({ metadata }) => metadata.namespace)).toEqual(Array(7).fill('payments'));
  const [nobody, named] = manifests().find({ kind: 'AuthorizationPolicy' });
  expect(nobody.spec.rules).toBeUndefined();
  expect(named.spec.rules[0].from).toEqual([{ source: { serviceAccounts: ['payments/checkout'] } }]);
});

test('its ServiceEntries do not count elsewhere', () => {
  const visibility = (app: App) => {
    const folder = mkdtempSync(join(tmpdir(), 'egress-'));
    Installation.write(app, folder);
    return parse(readFileSync(join(folder, 'mesh-config.yaml'), 'utf8')).serviceEntryVisibility;
  };
  expect(visibility(delegated().app)).toMatchObject({ defaultVisibility: 'NAMESPACE' });
  expect(JSON.stringify(visibility(delegated().app))).not.toContain('PUBLIC');
  expect(JSON.stringify(visibility(ambient().app as App))).toContain('PUBLIC');
});

test('the declaration says who decides', () => {
  const { app, chart, exit } = delegated();
  new TlsOriginationEgress(chart, 'A', { hosts, exit, clients });
  expect(Egress.describe(app)).toEqual([
    expect.stringContaining("payments/egress-waypoint (waypoint, mutual TLS), decided by its callers' namespace"),
  ]);
});

test.each([EgressClient.namespace('shop'), EgressClient.anyInMesh()])('it is not for %s', (client) => {
  const { chart, exit } = delegated();
  const declare = () => new TlsOriginationEgress(chart, 'A', { hosts, exit, clients: [client] });
  expect(declare).toThrow(failing('ExitCannotCarry', 'clients of payments'));
});

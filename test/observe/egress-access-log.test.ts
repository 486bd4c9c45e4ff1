import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { EgressAccessLog, EgressGateway, EgressWaypoint, Installation } from '../../src';
import { failing, world } from '../fixtures';

test('has the pods of an exit log with a provider of the mesh', () => {
  const { platform, exit, manifests } = world();
  new EgressAccessLog(platform, 'Log', { exit });
  manifests().has(
    { kind: 'Telemetry', namespace: 'istio-egress', name: 'istio-egress' },
    {
      spec: {
        selector: { matchLabels: { istio: 'istio-egress' } },
        accessLogging: [{ providers: [{ name: 'egress-access-log' }] }],
      },
    },
  );
});

test('of a waypoint, the Gateway is named', () => {
  const { platform, manifests } = world();
  new EgressAccessLog(platform, 'Log', { exit: new EgressWaypoint(platform, 'Waypoint') });
  const { targetRefs, selector } = manifests().only({ kind: 'Telemetry' }).spec;
  expect(targetRefs).toEqual([{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'egress-waypoint' }]);
  expect(selector).toBeUndefined();
});

test('the provider is written once into what is to be installed, with who, where to and why', () => {
  const { app, platform, exit } = world();
  const second = new EgressGateway(platform, 'Second', { name: 'second' });
  for (const one of [exit, second]) new EgressAccessLog(platform, `Log ${one.exitName}`, { exit: one });
  const folder = mkdtempSync(join(tmpdir(), 'install-'));
  const [file] = Installation.write(app as App, folder);
  const text = readFileSync(file, 'utf8');
  expect(text.match(/name: egress-access-log/g)).toHaveLength(1);
  for (const operator of ['DOWNSTREAM_PEER_URI_SAN', 'REQ(:AUTHORITY)', 'RESPONSE_FLAGS', 'RESPONSE_CODE_DETAILS']) {
    expect(text).toContain(`%${operator}%`);
  }
});

test('refuses exits of others, and names that no provider can have', () => {
  const { platform, exit } = world();
  expect(() => new EgressAccessLog(platform, 'A', { exit: EgressGateway.imported() })).toThrow(
    failing('ExitCannotCarry'),
  );
  expect(() => new EgressAccessLog(platform, 'B', { exit, provider: 'A B' })).toThrow(failing('NameSyntax'));
});

import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, Chart, Testing } from 'cdk8s';
import { assertions } from '../../src';

function manifests() {
  const app = Testing.app();
  const chart = new Chart(app, 'chart');
  const gateway = (name: string, namespace: string, spec: object) =>
    new ApiObject(chart, `${namespace}-${name}`, {
      apiVersion: 'v1',
      kind: 'Gateway',
      metadata: { name, namespace },
      spec,
    });
  gateway('a', 'x', { servers: [{ port: 80, tls: { mode: 'SIMPLE' } }, { port: 443 }] });
  gateway('b', 'x', { servers: [] });
  gateway('a', 'y', { servers: [] });
  new ApiObject(chart, 'sa', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a' } });
  return assertions.Manifests.fromChart(chart);
}

test('finds by kind, name and namespace', () => {
  expect(manifests().all).toHaveLength(4);
  expect(manifests().find({ kind: 'Gateway' })).toHaveLength(3);
  expect(manifests().find({ name: 'a' })).toHaveLength(3);
  expect(manifests().only({ kind: 'Gateway', name: 'a', namespace: 'y' }).metadata.namespace).toBe('y');
});

test('counts', () => {
  manifests().countIs({ kind: 'Gateway', namespace: 'x' }, 2);
  manifests().countIs({ kind: 'Secret' }, 0);
  expect(() => manifests().countIs({ kind: 'Gateway', name: 'a' }, 1)).toThrow(
    'expected 1 × Gateway named a, found 2\nthere are:\n  Gateway x/a\n  Gateway x/b\n  Gateway y/a',
  );
});

test('one means one', () => {
  expect(() => manifests().only({ kind: 'Gateway' })).toThrow('expected one Gateway, found 3');
  expect(() => manifests().only({ kind: 'Secret' })).toThrow('expected one Secret, found 0\nthere are:\n  Gateway x/a');
});

test('matches parts of objects, and lists as a whole', () => {
  manifests().has({ kind: 'Gateway' }, { spec: { servers: [{ port: 80 }, { port: 443 }] } });
  manifests().has({ kind: 'Gateway' }, { spec: { servers: [] } });
  manifests().has({ kind: 'ServiceAccount' }, { spec: undefined });
  manifests().hasNot({ kind: 'Gateway' }, { spec: { servers: [{ port: 80 }] } });
});

test('says where the closest one differs', () => {
  expect(() =>
    manifests().has({ kind: 'Gateway' }, { spec: { servers: [{ port: 80, tls: { mode: 'MUTUAL' } }, { port: 444 }] } }),
  ).toThrow(
    ['Gateway does not match; the closest of 3 is Gateway x/b', '  spec.servers: expected 2 items, got 0'].join('\n'),
  );
  expect(() =>
    manifests().has({ name: 'a', namespace: 'x' }, { spec: { servers: [{ tls: { mode: 'MUTUAL' } }, { port: 443 }] } }),
  ).toThrow(
    'manifest in x named a does not match: Gateway x/a\n  spec.servers[0].tls.mode: expected "MUTUAL", got "SIMPLE"',
  );
  expect(() => manifests().has({ kind: 'Secret' }, {})).toThrow('no Secret\nthere are:');
  expect(() => manifests().hasNot({ kind: 'Gateway' }, { metadata: { name: 'b' } })).toThrow(
    'Gateway x/b matches, but nothing should',
  );
});

test('reads files', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'egress-')), 'a.yaml');
  writeFileSync(file, 'kind: A\nmetadata: {name: a}\n---\nkind: B\nmetadata: {name: b}\n');
  assertions.Manifests.fromFile(file).countIs({ kind: 'B' }, 1);
});

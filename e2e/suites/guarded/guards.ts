import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { typescript, run } from '../../bed/process';
import { Example } from '../examples';

const ROOT = resolve(__dirname, '../../..');

/** Namespaces whose way out is written by hand, and goes on: in life they have the label, until somebody declares it. */
const EXEMPT: Record<string, string[]> = { 'dist/multi-team': ['orders'] };

/** The example in a world in which such namespaces are exempt from admission. */
export function exempted(given: Example): Example {
  const namespaces = (given.world.namespaces ?? []).map((namespace) =>
    isExempt(given, namespace.name)
      ? { ...namespace, labels: { ...namespace.labels, 'egress-guard': 'exempt' } }
      : namespace,
  );
  return { ...given, world: { ...given.world, namespaces } };
}

const isExempt = ({ name }: Example, namespace: string) => (EXEMPT[name] ?? []).includes(namespace);

/** The namespaces of an example from which something declared leaves, with those that are ambient marked. */
export function clientNamespaces(given: Example): string[] {
  const { world } = given;
  const callers = world.calls
    .filter(({ expect }) => expect.outcome === 'allowed')
    .map(({ from }) => from.split('/')[0]);
  const inMesh = (name: string) =>
    (world.namespaces ?? []).find((namespace) => namespace.name === name)?.injection !== false;
  const isAmbient = (name: string) =>
    (world.namespaces ?? []).some(
      (namespace) => namespace.name === name && namespace.labels?.['istio.io/dataplane-mode'] === 'ambient',
    );
  return [...new Set(callers)]
    .filter((name) => inMesh(name) && !isExempt(given, name))
    .map((name) => `${name}${isAmbient(name) ? '=ambient' : ''}`);
}

/** What all guards of an example come to, as YAML: synthesized beside it, in a process of its own. */
export async function guardsOf(given: Example): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'guards-'));
  const outdir = join(folder, 'dist');
  try {
    const [, name] = given.name.split('/');
    await run(typescript(join(__dirname, 'guard-everything.ts'), name, ...clientNamespaces(given)), {
      env: {
        ...(process.env as Record<string, string>),
        CDK8S_OUTDIR: outdir,
        INSTALL_DIR: join(folder, 'install'),
        TSX_TSCONFIG_PATH: join(ROOT, 'test/tsconfig.json'),
      },
    });
    return readFileSync(join(outdir, 'guards.k8s.yaml'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentation, gateway } from './documentation';
import { Reach } from './istiod';
import { CLIENT, Pattern } from './patterns';
import { documentsOf, inOrder } from '../../e2e/world/manifests';
import { Mesh } from '../../e2e/world/mesh';
import { applyDocument } from '../../e2e/world/objects';

/** A way of writing the same egress. */
export interface Shape {
  readonly name: string;
  /** The mesh that it is written for. */
  readonly reach: Reach;
  /** The gateway's Deployment. */
  readonly gateway: string;
  /** The documents for so many hosts; for none, the gateway alone. */
  readonly documents: (pattern: Pattern, hosts: number) => string[];
}

/** What the others are compared with. */
export const PEER: Shape = {
  name: 'documentation',
  reach: 'everywhere',
  gateway: 'istio-egress/istio-egressgateway',
  documents: (pattern, hosts) =>
    [...gateway(), ...documentation(pattern, hosts)].map((object) => JSON.stringify(object)),
};

export const OURS: Shape = {
  name: 'cdk8s-istio-egress',
  reach: 'own namespace',
  gateway: 'istio-egress/istio-egress',
  documents: (pattern, hosts) => {
    const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
    try {
      const command = ['--import', 'tsx', join(__dirname, 'ours.ts'), pattern, `${hosts}`, outdir];
      execFileSync(process.execPath, command, { cwd: join(__dirname, '../..') });
      return documentsOf(outdir);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  },
};

export const BYSTANDER = 'elsewhere/bystander';

/** An empty mesh with a client and a bystander. */
export async function populate(mesh: Mesh): Promise<void> {
  for (const namespace of [CLIENT.namespace, 'elsewhere', 'istio-egress']) await mesh.namespace(namespace);
  await mesh.workload({ namespace: CLIENT.namespace, name: CLIENT.workload });
  await mesh.workload({ namespace: 'elsewhere', name: 'bystander' });
}

/** Several at once: thousands of objects one after the other take minutes. */
export async function applyAll(documents: string[]): Promise<void> {
  const left = inOrder(documents);
  const work = async () => {
    for (let document = left.shift(); document; document = left.shift()) await applyDocument(document);
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

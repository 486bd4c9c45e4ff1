import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { program } from './program';

export const ROOT = resolve(__dirname, '../..');
/** An example, and how its mesh is run. */
export const EXAMPLE = [join(ROOT, 'dist/tls-origination'), join(ROOT, 'install/guarded-namespace')];

/** A folder of manifests, by file. */
export function manifests(files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'manifests-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Runs a command, and takes the folders of this machine out of what it prints. */
export async function answer(args: string[], folders: { readonly [folder: string]: string } = {}) {
  const result = await program(args);
  const plain = (text: string) =>
    Object.entries({ ...folders, [`${ROOT}/`]: '' }).reduce((sum, [from, to]) => sum.replaceAll(from, to), text);
  return { ...result, out: plain(result.out), err: plain(result.err) };
}

/** A closed mesh, and a workload that calls in it. */
export const MESH = 'meshConfig: { outboundTrafficPolicy: { mode: REGISTRY_ONLY } }\n';

/** A pod with a sidecar. */
export const pod = (namespace: string, name: string) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name}, sidecar.istio.io/inject: "true" } }
spec: { serviceAccountName: ${name}, containers: [{ name: app, image: app }] }
---
`;

/** A host that everybody of a namespace reaches straight from the sidecar, by plain HTTP unless it says otherwise. */
export const entry = (
  namespace: string,
  host: string,
  protocol = 'HTTP',
  port = 80,
  annotations = '',
) => `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: "${host.replace('*', 'all')}", namespace: ${namespace}${annotations && `, annotations: { ${annotations} }`} }
spec: { hosts: ["${host}"], exportTo: ["."], location: MESH_EXTERNAL, resolution: ${host.includes('*') ? 'NONE' : 'DNS'}, ports: [{ number: ${port}, name: p, protocol: ${protocol} }] }
---
`;

/**
 * What the mesh pays: configuration and memory of the proxies of a client, of a bystander and of the gateway, for so many hosts, in
 * this library's shape and in that of Istio's documentation, on the mesh of the test bed. Every figure is what the hosts add to a mesh
 * that has the gateway and no host. Prints tables and writes `bench/results/mesh.json`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { documentation, gateway } from './documentation';
import { CLIENT, Pattern, PATTERNS } from './patterns';
import { Cost, cost, memory } from '../../e2e/world/cost';
import { documentsOf, inOrder } from '../../e2e/world/manifests';
import { Mesh } from '../../e2e/world/mesh';
import { applyDocument } from '../../e2e/world/objects';

const COUNTS = (process.env.HOSTS ?? '10,200,2000').split(',').map(Number);
const ONLY = (process.env.PATTERNS?.split(',') as Pattern[]) ?? PATTERNS;

type Figures = Cost & { readonly memory: number };
type Proxy = 'client' | 'bystander' | 'gateway';
const PROXIES: Proxy[] = ['client', 'bystander', 'gateway'];

interface Shape {
  readonly name: string;
  readonly gateway: string;
  manifests(pattern: Pattern, hosts: number): string[];
}

const SHAPES: Shape[] = [
  {
    name: 'documentation',
    gateway: 'istio-egress/istio-egressgateway',
    manifests: (pattern, hosts) => [...gateway(), ...documentation(pattern, hosts)].map((object) => stringify(object)),
  },
  { name: 'cdk8s-istio-egress', gateway: 'istio-egress/istio-egress', manifests: ours },
];

function ours(pattern: Pattern, hosts: number): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    execFileSync(process.execPath, ['--import', 'tsx', join(__dirname, 'ours.ts'), pattern, `${hosts}`, outdir]);
    return documentsOf(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

async function main() {
  const mesh = await Mesh.up();
  try {
    // One push when everything is applied, instead of one every 20 ms meanwhile.
    await mesh.restartIstiod({ PILOT_DEBOUNCE_AFTER: '1s', PILOT_DEBOUNCE_MAX: '300s' });
    const rows: Row[] = [];
    for (const pattern of ONLY) for (const shape of SHAPES) rows.push(...(await measure(mesh, pattern, shape)));
    report(rows);
  } finally {
    await mesh.down();
  }
}

interface Row {
  readonly pattern: Pattern;
  readonly shape: string;
  readonly hosts: number;
  readonly proxy: Proxy;
  readonly adds: Figures;
}

async function measure(mesh: Mesh, pattern: Pattern, shape: Shape): Promise<Row[]> {
  for (const namespace of [CLIENT.namespace, 'elsewhere', 'istio-egress']) await mesh.namespace(namespace);
  await mesh.workload({ namespace: CLIENT.namespace, name: CLIENT.workload });
  await mesh.workload({ namespace: 'elsewhere', name: 'bystander' });
  const figures = async (hosts: number) => {
    await applyAll(shape.manifests(pattern, hosts));
    await mesh.ready();
    await mesh.settled(5000);
    const of = async (workload: string): Promise<Figures> => {
      const [{ metadata }] = await mesh.pods(workload);
      const pod = `${metadata.namespace}/${metadata.name}`;
      return { ...(await cost(pod)), memory: await memory(pod) };
    };
    return {
      client: await of(`${CLIENT.namespace}/${CLIENT.workload}`),
      bystander: await of('elsewhere/bystander'),
      gateway: await of(shape.gateway),
    };
  };
  const rows: Row[] = [];
  const empty = await figures(0);
  for (const hosts of COUNTS) {
    const full = await figures(hosts);
    for (const proxy of PROXIES) {
      rows.push({ pattern, shape: shape.name, hosts, proxy, adds: difference(full[proxy], empty[proxy]) });
    }
  }
  await mesh.reset();
  return rows;
}

const difference = (full: Figures, empty: Figures): Figures =>
  Object.fromEntries(
    Object.entries(full).map(([what, count]) => [what, count - empty[what as keyof Figures]]),
  ) as unknown as Figures;

/** Several at once: thousands of objects one after the other take minutes. */
async function applyAll(documents: string[]): Promise<void> {
  const left = inOrder(documents);
  const work = async () => {
    for (let document = left.shift(); document; document = left.shift()) await applyDocument(document);
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

function report(rows: Row[]): void {
  const peerOf = ({ pattern, hosts, proxy }: Row) =>
    rows.find((r) => r.pattern === pattern && r.hosts === hosts && r.proxy === proxy && r.shape === SHAPES[0].name)!;
  console.table(
    rows.map((row) => {
      const { pattern, shape, hosts, proxy, adds } = row;
      const peer = peerOf(row).adds;
      return {
        pattern,
        hosts,
        proxy,
        shape,
        kB: Math.round(adds.bytes / 1000),
        ratio: peer.bytes ? (adds.bytes / peer.bytes).toFixed(3) : '-',
        clusters: adds.clusters,
        listeners: adds.listeners,
        chains: adds.chains,
        'virtual hosts': adds.virtualHosts,
        'memory kB': Math.round(adds.memory / 1000),
      };
    }),
  );
  if (process.env.HOSTS || process.env.PATTERNS) return;
  writeFileSync(join(__dirname, '..', 'results', 'mesh.json'), `${JSON.stringify({ rows }, null, 2)}\n`);
}

void main();

/** The price of the hop: latency and throughput of a call through each pattern, beside a call straight to the server. */
import { join } from 'node:path';
import { ours, sidecarByHand, waypointByHand } from './manifests';
import { Measured, summary } from './summary';
import { CALLERS, COMPARISONS, hostOf, ExitUse } from './ways';
import { podNetns } from '../../e2e/bed/layout';
import { run, typescript } from '../../e2e/bed/process';
import { Mesh } from '../../e2e/world/mesh';
import { documentationOf, gateway } from '../mesh/documentation';
import { PATTERNS } from '../mesh/patterns';
import { Part, withoutTestBed } from '../part';
import { writeResults } from '../results';

const ROUNDS = 4;
const MILLISECONDS = 1200;
/** One for latency, so that nothing waits for another; several for throughput. */
export const CONNECTIONS = [1, 16];

export const latency: Part = {
  missing: withoutTestBed,
  run: async (once) => {
    const mesh = await Mesh.up();
    try {
      await populate(mesh);
      const measured = await measureAll(mesh, once ? 1 : ROUNDS, once ? 200 : MILLISECONDS);
      const { data, tables } = summary(measured);
      console.log(tables);
      if (!once) writeResults('latency', { data, tables });
    } finally {
      await mesh.down();
    }
  },
};

async function populate(mesh: Mesh): Promise<void> {
  const ambient = { labels: { 'istio.io/dataplane-mode': 'ambient' } };
  const dns = { 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" }' };
  const [outside, callsAmbient] = [CALLERS.none, CALLERS.ambient].map((caller) => caller.split('/')[0]);
  for (const exit of ['istio-egress', 'egress-waypoint', 'waypoint-by-hand']) await mesh.namespace(exit);
  for (const caller of Object.values(CALLERS)) {
    const [namespace, name] = caller.split('/');
    const options = namespace === outside ? { injection: false } : namespace === callsAmbient ? ambient : {};
    await mesh.namespace(namespace, options);
    await mesh.workload({ namespace, name, annotations: dns });
  }
  const ports = [
    { port: 80, protocol: 'http' as const },
    { port: 443, protocol: 'https' as const },
    { port: 5432, protocol: 'tcp' as const },
  ];
  for (const host of hosts()) await mesh.external({ hosts: [host], ports });
  await mesh.apply(ours());
  const documented = PATTERNS.filter((pattern) => COMPARISONS.some((comparison) => comparison.pattern === pattern));
  await mesh.apply([
    ...gateway(),
    ...documented.flatMap((pattern) => documentationOf(pattern, hostOf(pattern, 'documentation'))),
    sidecarByHand,
    ...waypointByHand(),
  ]);
  await mesh.ready();
  await mesh.settled();
  for (const { expect, name: _, ...call } of ways()) await mesh.expect(call, expect);
  // From here on, nothing but the calls themselves: no records outside, no access logs in the mesh.
  for (const host of hosts()) await mesh.behave(host, { unrecorded: true });
  await mesh.configure('REGISTRY_ONLY', { accessLogFile: '' });
}

async function measureAll(mesh: Mesh, rounds: number, milliseconds: number): Promise<Measured[]> {
  const measured = COMPARISONS.flatMap(({ pattern, ways: compared }) =>
    compared.map((way) => ({ pattern, way, runs: CONNECTIONS.map(() => [] as Measured['runs'][number]) })),
  );
  for (let round = 0; round < rounds; round++) {
    for (const [index, connections] of CONNECTIONS.entries()) {
      for (const { way, runs } of measured) runs[index].push(await load(mesh, way, connections, milliseconds));
    }
    console.error(`round ${round + 1} of ${rounds}`);
  }
  return measured.map(({ way, ...rest }) => ({ ...rest, way: way.name }));
}

/** What calls take, in a process of its own in the caller's network. */
async function load(mesh: Mesh, { from, url }: ExitUse, connections: number, milliseconds: number) {
  const [{ metadata }] = await mesh.pods(from);
  const command = typescript(join(__dirname, 'load.ts'), url, `${connections}`, `${milliseconds}`);
  const { stdout } = await run(['ip', 'netns', 'exec', podNetns(metadata.namespace!, metadata.name), ...command]);
  return JSON.parse(stdout) as Measured['runs'][number][number];
}

const ways = () => COMPARISONS.flatMap((comparison) => comparison.ways);
const hosts = () => [...new Set(ways().map(({ url }) => new URL(url).hostname))];

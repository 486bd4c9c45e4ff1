import { checkFloor } from './check';
import { clientFloor } from './client';
import { Configuration, EXIT } from './configuration';
import { OwnEnvoy } from './envoy';
import { gatewayFloor } from './gateway';
import { fromFiles, withLess } from './rest';
import { difference } from '../../../e2e/world/cost';
import { Mesh } from '../../../e2e/world/mesh';
import { table } from '../../results';
import { patient } from '../istiod';
import { CLIENT, hostsOf, Pattern } from '../patterns';
import { applyAll, OURS, PEER, populate } from '../shapes';
import { Figures, Sent, Size } from '../size';

export const FLOOR = 'floor';

/** What a host adds to a gateway whose configuration has lost some parts. */
export interface Rest {
  readonly pattern: Pattern;
  readonly without: string;
  readonly bytes: number;
  readonly memory: number;
}

/** Measures the floor, after it has shown that it does what it should, and what is left of istiod's configuration on the way to it. */
export async function floorOf(mesh: Mesh, pattern: Pattern, counts: number[], { empty, full }: Sent) {
  await patient(mesh, PEER.reach);
  await populate(mesh);
  await applyAll(PEER.documents(pattern, 0));
  await mesh.ready();
  await mesh.settled({ quiet: 2000 });
  await checkFloor(mesh, pattern);
  const [client] = await mesh.pods(`${CLIENT.namespace}/${CLIENT.workload}`);
  const [gateway] = await mesh.pods(`${EXIT.namespace}/${EXIT.name}`);
  const figures = async (pod: typeof client, configuration: Configuration): Promise<Figures> => {
    const envoy = await OwnEnvoy.start(pod, configuration);
    try {
      // Until every name has been looked up.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return await envoy.figures();
    } finally {
      await envoy.stop();
    }
  };
  const sizes: Size[] = [];
  for (const [proxy, pod, floor] of [
    ['client', client, clientFloor],
    ['gateway', gateway, gatewayFloor],
  ] as const) {
    const none = await figures(pod, floor(pattern, []));
    for (const hosts of counts) {
      const adds = difference(await figures(pod, floor(pattern, hostsOf(hosts))), none);
      sizes.push({ pattern, hosts, proxy, shape: FLOOR, adds });
    }
  }
  const rest: Rest[] = [];
  const hosts = counts.at(-1)!;
  const none = await figures(gateway, fromFiles(empty));
  const whole = fromFiles(full);
  for (const { without, left } of [{ without: '', left: whole }, ...withLess(whole)]) {
    const { bytes, memory } = difference(await figures(gateway, left), none);
    rest.push({ pattern, without, bytes: bytes / hosts, memory: memory / hosts });
  }
  await mesh.reset();
  return { sizes, rest };
}

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(2);

/** Ours beside the floor, for each host among the most that were measured. */
export function floorTable(sizes: Size[]): string {
  const hosts = Math.max(...sizes.map((size) => size.hosts));
  const rows = sizes
    .filter((size) => size.shape === FLOOR && size.hosts === hosts)
    .map(({ pattern, proxy, adds: floor }) => {
      const same = (size: Size) => size.pattern === pattern && size.hosts === hosts && size.proxy === proxy;
      const { adds: ours } = sizes.find((size) => size.shape === OURS.name && same(size))!;
      const triple = (what: 'bytes' | 'memory') => [
        kilobytes(ours[what] / hosts),
        kilobytes(floor[what] / hosts),
        (ours[what] / floor[what]).toFixed(2),
      ];
      return [`${pattern}, ${proxy}`, ...triple('memory'), ...triple('bytes')];
    });
  const columns = ['for each host', 'memory, kB', 'floor', 'ratio', 'configuration, kB', 'floor', 'ratio'];
  return `**Beside the floor**, with ${hosts.toLocaleString('en')} hosts\n\n${table(columns, rows)}`;
}

/** What is left for each host at the gateway, after one part and then another is taken away. */
export function restTable(rest: Rest[], sizes: Size[]): string {
  const hosts = Math.max(...sizes.map((size) => size.hosts));
  const whole = ({ pattern }: Rest, shape: string) =>
    sizes.find(
      (size) => size.shape === shape && size.pattern === pattern && size.proxy === 'gateway' && size.hosts === hosts,
    )!.adds;
  const row = (name: string, { memory, bytes }: { memory: number; bytes: number }) => [
    name,
    kilobytes(memory),
    kilobytes(bytes),
  ];
  const each = ({ memory, bytes }: { memory: number; bytes: number }) => ({
    memory: memory / hosts,
    bytes: bytes / hosts,
  });
  const rows = rest.flatMap((one, index) => {
    const { pattern, without } = one;
    const isLast = rest[index + 1]?.pattern !== pattern;
    return [
      ...(without ? [] : [row(`${pattern}: from istiod`, each(whole(one, OURS.name)))]),
      row(without ? `… without ${without}` : '… the same from files', one),
      ...(isLast ? [row('… the floor', each(whole(one, FLOOR)))] : []),
    ];
  });
  return `**What the rest is**, at the gateway, for each of ${hosts.toLocaleString('en')} hosts; each row is what is left of the one above\n\n${table(['', 'memory, kB', 'configuration, kB'], rows)}`;
}

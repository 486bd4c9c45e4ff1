import { FLOOR } from './floor/sizes';
import { Pattern } from './patterns';
import { OURS, PEER } from './shapes';
import { Size } from './size';
import { reached, table } from '../results';

/** What this library wants to reach, as a part of the peer's bytes. */
const AT_MOST: {
  readonly proxy: Size['proxy'];
  readonly patterns: Pattern[];
  readonly ratio: number;
  readonly as: string;
}[] = [
  { proxy: 'client', patterns: ['http', 'tls-origination'], ratio: 1 / 19, as: '1/19' },
  { proxy: 'client', patterns: ['tls-origination-8080'], ratio: 1 / 2, as: '1/2' },
  { proxy: 'client', patterns: ['tls-passthrough'], ratio: 2 / 3, as: '2/3' },
  {
    proxy: 'gateway',
    patterns: ['http', 'tls-origination', 'tls-origination-8080', 'tls-passthrough', 'tcp'],
    ratio: 1 / 3,
    as: '1/3',
  },
];

/** What the gateway may hold for a host, as a multiple of the floor: in memory, and in configuration. */
const OVER_FLOOR: { readonly patterns: Pattern[]; readonly ratio: number }[] = [
  { patterns: ['tls-origination', 'tls-origination-8080'], ratio: 1.3 },
  { patterns: ['http', 'tls-passthrough', 'tcp'], ratio: 1.5 },
];

/** Which of the goals are reached with the most hosts that were measured. */
export function goalsTable(sizes: Size[]): string {
  const most = Math.max(...sizes.map(({ hosts }) => hosts));
  const adds = (shape: string, pattern: Pattern, proxy: Size['proxy'], hosts = most) =>
    sizes.find(
      (size) => size.shape === shape && size.pattern === pattern && size.proxy === proxy && size.hosts === hosts,
    )!.adds;
  const bytes = (...of: Parameters<typeof adds>) => adds(...of).bytes;
  const rows = AT_MOST.flatMap(({ proxy, patterns, ratio, as }) =>
    patterns.map((pattern) => {
      const found = bytes(OURS.name, pattern, proxy) / bytes(PEER.name, pattern, proxy);
      return [`${pattern}, ${proxy}`, found.toFixed(4), `${as} (${ratio.toFixed(4)})`, reached(found, ratio)];
    }),
  );
  const overFloor = OVER_FLOOR.flatMap(({ patterns, ratio }) =>
    patterns.flatMap((pattern) =>
      (['memory', 'bytes'] as const).map((what) => {
        const found = adds(OURS.name, pattern, 'gateway')[what] / adds(FLOOR, pattern, 'gateway')[what];
        const name = `${pattern}, gateway over the floor: ${what === 'bytes' ? 'configuration' : what}`;
        return [name, found.toFixed(2), `${ratio}`, reached(found, ratio)];
      }),
    ),
  );
  const least = Math.min(...sizes.map(({ hosts }) => hosts));
  const bystanders = [...new Set(sizes.map(({ pattern }) => pattern))].map((pattern) => {
    const more = bytes(OURS.name, pattern, 'bystander') - bytes(OURS.name, pattern, 'bystander', least);
    return [`${pattern}, bystander: bytes for each further host`, more, '0', reached(more, 0)];
  });
  return `**Goals**, with ${most.toLocaleString('en')} hosts\n\n${table(['', 'ratio', 'at most', 'reached'], [...rows, ...overFloor, ...bystanders])}`;
}

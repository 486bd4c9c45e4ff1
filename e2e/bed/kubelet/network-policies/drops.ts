import { rulesInForce } from './enforce';
import { DROPPED, TABLE } from './table';
import { NODE } from '../../layout';
import { run } from '../../process';

/** What NetworkPolicies did not let pass. */
export interface Drop {
  /** Addresses. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** The side whose policies did it. */
  readonly at: 'from' | 'to';
}

const SIDES = { egress: 'from', ingress: 'to' } as const;

/** Forgets what was dropped so far. */
export async function forgetDrops(): Promise<void> {
  if (!rulesInForce()) return;
  const lines = Object.values(DROPPED).map((set) => `flush set ${TABLE} ${set}\n`);
  await run(['nft', '-f', '-'], { netns: NODE, input: lines.join('') });
}

/** What was dropped since. */
export async function drops(): Promise<Drop[]> {
  if (!rulesInForce()) return [];
  const found = Object.entries(DROPPED).map(async ([direction, set]) => {
    const { stdout } = await run(['nft', '-n', 'list', 'set', ...TABLE.split(' '), set], { netns: NODE });
    return [...stdout.matchAll(/([\d.]+) \. ([\d.]+) \. (\d+) \. (\d+) (?:timeout|expires)/g)].map(
      ([, from, to, protocol, port]): Drop => ({
        from,
        to,
        port: Number(port),
        protocol: protocol === '17' ? 'udp' : 'tcp',
        at: SIDES[direction as keyof typeof SIDES],
      }),
    );
  });
  return (await Promise.all(found)).flat();
}

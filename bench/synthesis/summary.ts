import { DOCUMENTATION, HELM, MIXED, PER_HOST, PER_NAMESPACE, withFastApp } from './cases';
import { Run } from './measure';
import { figure, Figure, ratio, readable } from '../figures';
import { reached, table } from '../results';

/** The runs of a case with so many hosts. */
export interface Measured {
  readonly case: string;
  readonly hosts: number;
  readonly namespaces: number;
  readonly runs: Run[];
}

/** What is compared: how long it takes, and how much memory. */
type Cost = 'seconds' | 'mebibytes';

const NAMESPACES = [1, 10, 100];
const MIB = 2 ** 20;

const [FAST_PER_HOST, FAST_PER_NAMESPACE, FAST_DOCUMENTATION] = [PER_HOST, PER_NAMESPACE, DOCUMENTATION].map(
  withFastApp,
);
const FAST = [FAST_PER_HOST, FAST_PER_NAMESPACE];

/** How a case is to compare with a peer. */
interface PeerGoal {
  readonly name: string;
  readonly peer: string;
  readonly hosts: number;
  readonly cost: Cost;
  readonly atMost: number;
}

const GOALS: PeerGoal[] = [
  ...FAST.map((name): PeerGoal => ({ name, peer: HELM, hosts: 1000, cost: 'seconds', atMost: 1.1 })),
  { name: FAST_PER_HOST, peer: HELM, hosts: 10_000, cost: 'seconds', atMost: 0.9 },
  { name: FAST_PER_NAMESPACE, peer: HELM, hosts: 10_000, cost: 'seconds', atMost: 0.6 },
  ...FAST.map((name): PeerGoal => ({ name, peer: HELM, hosts: 10_000, cost: 'mebibytes', atMost: 1.3 })),
  { name: FAST_DOCUMENTATION, peer: DOCUMENTATION, hosts: 10_000, cost: 'seconds', atMost: 0.5 },
];

/** The figures of all runs, as data and as tables. */
export function summary(measured: Measured[]): { data: object; tables: string } {
  const all = new Measurements(measured);
  const goals = all.goals();
  const sizes = [...new Set(measured.map(({ hosts }) => hosts))];
  return {
    data: { rows: measured.map((one) => all.row(one)), growth: all.growths(), goals },
    tables: [...sizes.map((hosts) => all.sizeTable(hosts)), all.growthTable(), goals.length > 0 ? goalTable(goals) : '']
      .filter(Boolean)
      .join('\n\n'),
  };
}

interface Goal {
  readonly goal: string;
  readonly hosts: number;
  readonly namespaces: number;
  readonly ratio: Figure;
  readonly atMost: number;
}

class Measurements {
  public constructor(private readonly measured: Measured[]) {}

  public row(one: Measured) {
    const { runs, ...what } = one;
    const peer = this.of(DOCUMENTATION, one.hosts, one.namespaces)!;
    return {
      ...what,
      rounds: runs.length,
      timeToDocumentation: compare(one, peer, 'seconds'),
      memoryToDocumentation: compare(one, peer, 'mebibytes'),
      seconds: figureOf(one, 'seconds'),
      mebibytes: figureOf(one, 'mebibytes'),
      bytes: runs[0].bytes,
      objects: runs[0].objects,
    };
  }

  public sizeTable(hosts: number): string {
    const here = NAMESPACES.filter((namespaces) => this.of(DOCUMENTATION, hosts, namespaces));
    const rows = this.cases(hosts).map((name) => {
      const first = this.of(name, hosts, here[0])!;
      const times = here.map((namespaces) => {
        const one = this.of(name, hosts, namespaces);
        return one ? readable(compare(one, this.of(DOCUMENTATION, hosts, namespaces)!, 'seconds')) : '';
      });
      const { bytes, objects } = first.runs[0];
      return [
        name,
        ...times,
        readable(figureOf(first, 'seconds')),
        figureOf(first, 'mebibytes').median.toFixed(0),
        (bytes / MIB).toFixed(2),
        objects.toLocaleString('en'),
      ];
    });
    const heads = here.map((namespaces) => `time, ${namespaces} namespace${namespaces === 1 ? '' : 's'}`);
    const title = `**${hosts.toLocaleString('en')} host${hosts === 1 ? '' : 's'}**`;
    return `${title}\n\n${table(['', ...heads, 'seconds', 'peak MiB', 'MiB written', 'objects'], rows)}`;
  }

  public growths() {
    const [small, large] = [1000, 10_000];
    return this.cases(large).flatMap((name) =>
      NAMESPACES.flatMap((namespaces) => {
        const [from, to] = [this.of(name, small, namespaces), this.of(name, large, namespaces)];
        if (!from || !to) return [];
        return [
          { case: name, namespaces, seconds: compare(to, from, 'seconds'), mebibytes: compare(to, from, 'mebibytes') },
        ];
      }),
    );
  }

  public growthTable(): string {
    const growths = this.growths();
    if (growths.length === 0) return '';
    const rows = [...new Set(growths.map((growth) => growth.case))].map((name) => {
      const of = (cost: Cost) =>
        NAMESPACES.map(
          (namespaces) =>
            growths
              .find((growth) => growth.case === name && growth.namespaces === namespaces)
              ?.[cost].median.toFixed(1) ?? '',
        );
      return [name, ...of('seconds'), ...of('mebibytes')];
    });
    const heads = ['time', 'memory'].flatMap((cost) => NAMESPACES.map((namespaces) => `${cost}, ${namespaces}`));
    return `**10,000 hosts over 1,000**, by namespaces\n\n${table(['', ...heads], rows)}`;
  }

  /** What this library wants to reach. */
  public goals(): Goal[] {
    return [...this.peerGoals(), ...this.growthGoals()];
  }

  private peerGoals(): Goal[] {
    return GOALS.flatMap(({ name, peer, hosts, cost, atMost }) =>
      NAMESPACES.flatMap((namespaces) => {
        const [one, other] = [name, peer].map((asked) => this.of(asked, hosts, namespaces));
        if (!one || !other) return [];
        const goal = `${name}: ${cost === 'seconds' ? 'time' : 'memory'} over ${peer}`;
        return [{ goal, hosts, namespaces, ratio: compare(one, other, cost), atMost }];
      }),
    );
  }

  private growthGoals(): Goal[] {
    const own = this.growths().filter((growth) => [...FAST, MIXED.name].includes(growth.case));
    return own.flatMap(({ case: name, namespaces, seconds, mebibytes }) => {
      const goal = { hosts: 10_000, namespaces, atMost: 8 };
      return [
        { ...goal, goal: `${name}: time over 1,000 hosts`, ratio: seconds },
        { ...goal, goal: `${name}: memory over 1,000 hosts`, ratio: mebibytes },
      ];
    });
  }

  private cases(hosts: number): string[] {
    return [...new Set(this.measured.filter((one) => one.hosts === hosts).map((one) => one.case))];
  }

  private of(name: string, hosts: number, namespaces: number): Measured | undefined {
    return this.measured.find((one) => one.case === name && one.hosts === hosts && one.namespaces === namespaces);
  }
}

function goalTable(goals: Goal[]): string {
  const rows = goals.map(({ goal, hosts, namespaces, ratio: found, atMost }) => [
    goal,
    hosts.toLocaleString('en'),
    namespaces,
    readable(found),
    atMost.toFixed(1),
    reached(found.median, atMost),
  ]);
  return `**Goals**\n\n${table(['', 'hosts', 'namespaces', 'ratio', 'at most', 'reached'], rows)}`;
}

const figureOf = ({ runs }: Measured, cost: Cost) => figure(runs.map((run) => run[cost]));

const compare = (one: Measured, peer: Measured, cost: Cost) =>
  ratio(
    one.runs.map((run) => run[cost]),
    peer.runs.map((run) => run[cost]),
  );

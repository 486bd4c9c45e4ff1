import { isRefusal } from './admission';
import { manifestsOf } from './app';
import { MUTATIONS, mutated } from './mutations';
import { compareWithEngine } from './second-opinion';
import { shotOf } from './shots';
import { Hit, Shot, Stage } from './stage';
import { CALLERS, Move, NAMES, OUTSIDE, Story } from './story';
import { ApiError } from '../bed/api';
import { Flux } from '../suites/flux';

/** An app with every kind of declaration, at gateways and at a waypoint, guarded. */
export const APP: Story = {
  declarations: [
    { exit: 'first', host: 'api.bank.example', ports: ['origination'], clients: ['pay/checkout'], rules: 'read', chart: 'one' },
    { exit: 'first', host: 'admin.wikipedia.org', ports: ['plain'], clients: ['shop/*'], rules: 'none', chart: 'one' },
    { exit: 'first', host: 'fr.wikipedia.org', ports: ['passthrough'], clients: ['pay/report'], rules: 'none', chart: 'two' },
    { exit: 'second', host: 'db.example.com', ports: ['tcp'], clients: ['pay/checkout', 'pay/report'], rules: 'none', chart: 'two' },
    {
      exit: 'second',
      host: 'bank.corp.example',
      upstream: 'any.wikipedia.org',
      ports: ['plain'],
      clients: ['shop/web'],
      rules: 'none',
      chart: 'one',
    },
    {
      exit: 'waypoint',
      host: 'any.wikipedia.org',
      ports: ['origination', 'passthrough'],
      clients: ['agents/agent'],
      rules: 'none',
      chart: 'two',
    },
  ],
  published: [],
  guards: { namespaces: { pay: 'ENFORCE', agents: 'ENFORCE' }, exits: true },
  objects: [],
  moves: [],
}; // prettier-ignore

const PLACES = [
  ['http', 80],
  ['http', 8080],
  ['tls', 443],
  ['tcp', 5432],
] as const;

/** Everybody's calls to everything. */
function moves(): Move[] {
  return CALLERS.filter((who) => who !== OUTSIDE).flatMap((who) =>
    NAMES.flatMap((host) =>
      PLACES.map(([speaks, port]): Move => {
        const plain = { form: 0, other: host, path: 0, method: 'GET', header: 0, way: 'straight' } as const;
        return { who, speaks, host, port, ...plain };
      }),
    ),
  );
}

/** What came of mutants. */
export interface MutantsReport {
  /** Mutations that were looked at, with an object of the app in which they are possible. */
  readonly played: number;
  /** Of them, those that the API server refuses. */
  readonly refused: string[];
  /** Those that change what becomes of some call, for real. */
  readonly changing: number;
  /** Calls that were compared. */
  readonly calls: number;
  /** What the engine is wrong about. */
  readonly wrong: string[];
}

/** Breaks the manifests of an app in one place after the other, and asks the engine and real proxies what became of every call. */
export class Mutants {
  private readonly flux: Flux;
  private readonly shots: Shot[] = moves().map(shotOf);

  constructor(private readonly stage: Stage) {
    this.flux = new Flux(stage.mesh);
  }

  /** @param every plays each nth mutation only */
  async play(every = 1, tell: (line: string) => void = () => undefined): Promise<MutantsReport> {
    const made = manifestsOf(APP);
    if ('refused' in made) throw new Error(`the app is refused: ${made.refused}`);
    const report = { played: 0, refused: [] as string[], changing: 0, calls: 0, wrong: [] as string[] };
    await this.flux.reconcile(made.documents);
    const good = await this.look('as it is', report);
    for (const [index, mutation] of MUTATIONS.entries()) {
      if (index % every !== 0) continue;
      const mutant = mutated(made.documents, mutation, index);
      if (!mutant) continue;
      report.played++;
      try {
        await this.flux.reconcile(mutant.documents);
      } catch (error) {
        if (!(error instanceof ApiError) && !isRefusal(error)) throw error;
        report.refused.push(mutant.title);
        continue;
      }
      const became = await this.look(mutant.title, report);
      if (became !== good) report.changing++;
      tell(`${mutant.title}: ${became === good ? 'changes nothing' : 'changes something'}`);
    }
    return report;
  }

  /** Makes every call, and asks the engine about it. @returns what became of them */
  private async look(title: string, report: { calls: number; wrong: string[] }): Promise<string> {
    await this.stage.look();
    const hits = await this.stage.volley(this.shots, 16);
    report.calls += hits.length;
    const { wrong } = await compareWithEngine(this.stage, this.shots, hits);
    report.wrong.push(
      ...wrong.map(({ why, shot, said }) => `${title}: ${why}\n${JSON.stringify(shot)}\n${JSON.stringify(said)}`),
    );
    return hits.map(outcomeOf).join('\n');
  }
}

/** Where a call came out, for telling mutants from the original. */
const outcomeOf = ({ arrivals: [record] }: Hit): string =>
  record ? [record.server, record.port, Boolean(record.tls)].join(' ') : 'nowhere';

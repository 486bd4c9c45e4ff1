import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Coverage } from './coverage';
import { Hit, Shot, Stage } from './stage';
import { Said } from '../answers/ask';
import { dump } from '../answers/dump';

/** How often a call is made again by itself before real proxies count as settled. */
const TRIES = 4;
const PAUSE = 1500;

/** A call about which the engine is wrong. */
interface Disagreement {
  readonly why: string;
  readonly shot: Shot;
  readonly hit: Hit;
  readonly said: Said;
}

/** The engine's opinion on calls that were made: it has to know what real proxies did with each. */
export class SecondOpinion {
  /**
   * @param coverage counts what was asked
   * @param folder where disagreements are written, with the cluster's objects; without one, the first is an error
   */
  constructor(
    private readonly stage: Stage,
    private readonly coverage: Coverage,
    private readonly folder?: string,
  ) {}

  async on(shots: Shot[], hits: Hit[]): Promise<void> {
    const first = await this.stage.engineOn(shots, hits);
    this.coverage.asked += first.length;
    this.coverage.undecided += first.filter(({ said }) => said.verdict === 'depends').length;
    let wrong = disagreements(shots, hits, first);
    for (let attempt = 1; attempt < TRIES && wrong.length > 0; attempt++) {
      await pause(PAUSE);
      const again = wrong.map(({ shot }) => shot);
      const real = await this.stage.volley(again, 1);
      this.coverage.calls += real.length;
      wrong = disagreements(again, real, await this.stage.engineOn(again, real));
    }
    this.coverage.disagreements += wrong.length;
    if (wrong.length > 0) await this.tell(wrong);
  }

  private async tell(wrong: Disagreement[]): Promise<void> {
    if (this.folder === undefined) {
      const [{ why, shot, hit, said }] = wrong;
      const parts = [shot, hit, said].map((part) => JSON.stringify(part, null, 1));
      throw new Error([`the engine is wrong about ${wrong.length} calls`, why, ...parts].join('\n'));
    }
    mkdirSync(this.folder, { recursive: true });
    const at = Date.now();
    const lines = wrong.map((one) => JSON.stringify({ at, ...one }));
    appendFileSync(join(this.folder, 'disagreements.jsonl'), `${lines.join('\n')}\n`);
    writeFileSync(join(this.folder, `cluster-${at}.json`), await dump());
  }
}

function disagreements(shots: Shot[], hits: Hit[], opinions: { said: Said; wrong?: string }[]): Disagreement[] {
  return opinions.flatMap(({ said, wrong: why }, at) =>
    why === undefined ? [] : [{ why, shot: shots[at], hit: hits[at], said }],
  );
}

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Coverage } from './coverage';
import { Hit, Shot, Stage } from './stage';
import { Said } from '../answers/ask';
import { dump } from '../answers/dump';

/** How often a call is made by itself, and the pause before: a proxy may go on with what it had on connections that stood. */
export const TRIES = 4;
export const PAUSE = 1500;

/** A call about which the engine is wrong. */
export interface Disagreement {
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
    const { said, wrong, again } = await compareWithEngine(this.stage, shots, hits);
    this.coverage.asked += said.length;
    this.coverage.undecided += said.filter(({ verdict }) => verdict === 'depends').length;
    this.coverage.calls += again;
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

/**
 * Asks the engine about calls that were made, and makes those again that it is wrong about, until proxies count as settled.
 *
 * @param hits What came of the calls; what comes of one that is made again takes its place
 * @returns what the engine says at first, what it is wrong about at last, and how many calls were made again
 */
export async function compareWithEngine(stage: Stage, shots: Shot[], hits: Hit[]) {
  const said: Said[] = [];
  let left = shots.map((_, index) => index);
  let wrong: Disagreement[] = [];
  let again = 0;
  for (let attempt = 0; attempt < TRIES && left.length > 0; attempt++) {
    const asked = left.map((index) => shots[index]);
    if (attempt > 0) {
      await pause(PAUSE);
      const real = await stage.volley(asked, 1);
      again += real.length;
      left.forEach((index, at) => (hits[index] = real[at]));
    }
    const opinions = await stage.engineOn(
      asked,
      left.map((index) => hits[index]),
    );
    if (attempt === 0) said.push(...opinions.map((opinion) => opinion.said));
    wrong = opinions.flatMap(({ said: its, wrong: why }, at) =>
      why === undefined ? [] : [{ why, shot: asked[at], hit: hits[left[at]], said: its }],
    );
    left = left.filter((_, at) => opinions[at].wrong !== undefined);
  }
  return { said, wrong, again };
}

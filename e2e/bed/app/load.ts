import { setTimeout as pause } from 'node:timers/promises';
import { Answer, Call } from './call';

/** Many equal calls at a steady pace. */
export interface Load {
  readonly call: Call;
  readonly count: number;
  /** Callers at once. */
  readonly concurrency: number;
  /** Milliseconds that each caller waits after each call. */
  readonly pause: number;
}

/** How often each outcome came: a status, or a kind of failure. */
export type LoadResult = Record<string, number>;

/** Makes the calls and counts what came of them. */
export async function runLoad(load: Load, make: (call: Call) => Promise<Answer>): Promise<LoadResult> {
  const outcomes: LoadResult = {};
  let left = load.count;
  const caller = async () => {
    while (left-- > 0) {
      const answer = await make(load.call);
      const outcome = String(answer.status ?? answer.failure);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      await pause(load.pause);
    }
  };
  await Promise.all(Array.from({ length: load.concurrency }, caller));
  return outcomes;
}

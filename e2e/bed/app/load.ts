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

/** What came of the calls. */
export interface LoadResult {
  /** How often each outcome came: a status, or a kind of failure. */
  readonly outcomes: Record<string, number>;
  /** Ids of calls without a status below 400. */
  readonly failed: string[];
}

/** Makes the calls, each with an id of its own, and counts what came of them. */
export async function runLoad(load: Load, make: (call: Call) => Promise<Answer>): Promise<LoadResult> {
  const outcomes: Record<string, number> = {};
  const failed: string[] = [];
  let started = 0;
  const caller = async () => {
    while (started < load.count) {
      const id = `${load.call.id}-${started++}`;
      const answer = await make({ ...load.call, id });
      const outcome = String(answer.status ?? answer.failure);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if ((answer.status ?? 500) >= 400) failed.push(id);
      await pause(load.pause);
    }
  };
  await Promise.all(Array.from({ length: load.concurrency }, caller));
  return { outcomes, failed };
}

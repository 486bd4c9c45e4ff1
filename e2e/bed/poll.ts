import { setTimeout as pause } from 'node:timers/promises';

export interface PollOptions {
  /** Milliseconds until it is a failure. @default 20000 */
  readonly within?: number;
  /** Milliseconds between two looks. @default 100 */
  readonly every?: number;
}

/**
 * Looks until there is an answer other than `undefined` or `false`; throws with the last error when the time is up. Nothing in the bed
 * sleeps for a fixed time: it looks for what it waits for.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  options: PollOptions = {},
): Promise<T> {
  const within = options.within ?? 20_000;
  const end = Date.now() + within;
  let last: unknown;
  for (;;) {
    try {
      const answer = await look();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const why = last instanceof Error ? `: ${last.message}` : '';
      throw new Error(`${what}: not within ${within / 1000} s${why}`);
    }
    await pause(options.every ?? 100);
  }
}

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { CallOptions } from './call';
import { Answer } from '../bed/app/call';
import { InternetRecord } from '../bed/internet/record';
import { FILES, appSocket } from '../bed/layout';
import { ask } from '../bed/socket';

/** A call that is repeated until told otherwise, and its caller's pod. */
export interface Watched {
  readonly pod: string;
  readonly call: Omit<CallOptions, 'from'>;
}

/** What came of the calls of a watch. */
export interface WatchResult {
  readonly calls: number;
  /** How often each outcome came: a status, a kind of failure, or `answered` where there is no status. */
  readonly outcomes: Record<string, number>;
  /** What external servers saw of them. */
  readonly arrived: InternetRecord[];
}

/** How often each call is made, however short the time that is watched. */
const AT_LEAST = 10;

/** Repeats calls while something else goes on, and tells at the end what came of them, and what got outside. */
export class Watch {
  private readonly ids = new Set<string>();
  private readonly outcomes: Record<string, number> = {};
  private readonly loops: Promise<void>[];
  private running = true;

  constructor(calls: Watched[]) {
    this.loops = calls.map(async (watched) => this.repeat(watched));
  }

  /** Stops, once each call has been made often enough: on a busy machine, what is watched may be over after a few. */
  async end(): Promise<WatchResult> {
    this.running = false;
    await Promise.all(this.loops);
    const records = await ask<InternetRecord[]>(FILES.internet, '/records/0');
    const arrived = records.filter(({ call }) => call && this.ids.has(call));
    return { calls: this.ids.size, outcomes: this.outcomes, arrived };
  }

  private async repeat({ pod, call }: Watched) {
    const [namespace, name] = pod.split('/');
    for (let made = 0; this.running || made < AT_LEAST; made++) {
      const id = `watch-${randomUUID().slice(0, 8)}`;
      this.ids.add(id);
      // A pod that is being replaced has no application for a moment.
      const answer = await ask<Answer>(appSocket(namespace, name), '/', { timeout: 2000, ...call, id }).catch(
        () => undefined,
      );
      const outcome = answer && String(answer.status ?? answer.failure ?? 'answered');
      if (outcome) this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
      await pause(25);
    }
  }
}

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

/** Repeats calls that must never get outside while something else goes on, and tells at the end what did get there. */
export class Watch {
  private readonly ids = new Set<string>();
  private readonly loops: Promise<void>[];
  private running = true;

  constructor(calls: Watched[]) {
    this.loops = calls.map(async (watched) => this.repeat(watched));
  }

  /** Stops calling. Answers with how often was called, and with what arrived outside. */
  async end(): Promise<{ calls: number; arrived: InternetRecord[] }> {
    this.running = false;
    await Promise.all(this.loops);
    const records = await ask<InternetRecord[]>(FILES.internet, '/records/0');
    return { calls: this.ids.size, arrived: records.filter(({ call }) => call && this.ids.has(call)) };
  }

  private async repeat({ pod, call }: Watched) {
    const [namespace, name] = pod.split('/');
    while (this.running) {
      const id = `watch-${randomUUID().slice(0, 8)}`;
      this.ids.add(id);
      // A pod that is being replaced has no application for a moment.
      await ask<Answer>(appSocket(namespace, name), '/', { timeout: 2000, ...call, id }).catch(() => undefined);
      await pause(25);
    }
  }
}

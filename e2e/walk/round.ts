import { randomUUID } from 'node:crypto';
import { Answer } from '../bed/app/call';
import { InternetRecord } from '../bed/internet/record';
import { FILES, appSocket } from '../bed/layout';
import { ask } from '../bed/socket';
import { CallOptions, isAnswered } from '../world/call';
import { Mesh } from '../world/mesh';

/** What came of one call: only what its caller and the servers outside saw, so that many can be made at once. */
export interface Outcome {
  readonly call: CallOptions;
  /** Whether a server outside answered, a greeting included, or anything of the call arrived there. */
  readonly gotOut: boolean;
  /** Whether it got out and came back whole. */
  readonly works: boolean;
  readonly said: string;
}

/** Makes calls, all at once, and waits for what came of them. */
export async function round(mesh: Mesh, calls: CallOptions[]): Promise<Outcome[]> {
  const made = await Promise.all(
    calls.map(async (call) => {
      const { from, ...rest } = call;
      const [{ metadata }] = await mesh.pods(from);
      const id = `walk-${randomUUID().slice(0, 8)}`;
      const answer = await ask<Answer>(appSocket(metadata.namespace!, metadata.name), '/', {
        timeout: 3000,
        ...rest,
        id,
      });
      return { call, id, answer };
    }),
  );
  const records = await ask<InternetRecord[]>(FILES.internet, '/records/0');
  return made.map(({ call, id, answer }) => {
    const arrived = records.some((record) => record.call === id);
    const works = answer.failure === undefined && isAnswered(answer);
    const heard = call.url.startsWith('tcp:') && Boolean(answer.body);
    return {
      call,
      works,
      gotOut: works || arrived || heard,
      said: String(answer.status ?? answer.failure ?? 'answered'),
    };
  });
}

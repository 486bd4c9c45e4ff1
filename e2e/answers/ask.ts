import { readFileSync } from 'node:fs';
import { engine } from '../../tools/engine';
import { Call } from '../bed/app/call';

import { istiodSettings } from '../bed/control/istiod';
import { FILES } from '../bed/layout';
import { run } from '../bed/process';

/** A call that the engine is asked about; it reads those of its fields that decide its way. */
export type Asked = Omit<Call, 'id'> & { readonly from: string };

/** What the engine says of a call: what of it a test compares. See engine/internal/follow/answer.go. */
export interface Said {
  readonly verdict: 'allowed' | 'refused' | 'failed' | 'depends';
  readonly reason: string;
  readonly status?: number;
  readonly hops: {
    readonly kind: string;
    readonly pod: string;
    readonly sees?: string;
    readonly route?: string;
    readonly cluster?: string;
  }[];
  readonly arrives?: {
    readonly outside: boolean;
    readonly host: string;
    readonly port: number;
    readonly from: string;
    readonly encryption: 'none' | 'caller' | 'exit';
    readonly serverName?: string;
    readonly authority?: string;
    readonly method?: string;
    readonly target?: string;
  };
}

let binary: Promise<string> | undefined;

/** Asks the engine what becomes of calls in the cluster as it was dumped, with the bed's istiod and DNS. */
export async function ask(manifests: string, outside: Record<string, string>, calls: Asked[]): Promise<Said[]> {
  const question = { manifests, mesh: readFileSync(FILES.meshConfig, 'utf8'), outside, onlyThoseOutside: true, calls };
  binary ??= engine();
  const { stdout } = await run([await binary], {
    input: JSON.stringify(question),
    env: { ...(process.env as Record<string, string>), ...istiodSettings() },
  });
  const { answers, problems } = JSON.parse(stdout) as { answers: Said[]; problems: object[] | null };
  // The API server took every object, so the engine has to be able to read it.
  if (problems && problems.length > 0) {
    throw new Error(`the engine cannot read ${JSON.stringify(problems.slice(0, 3))}`);
  }
  return answers;
}

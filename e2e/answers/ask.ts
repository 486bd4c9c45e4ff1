import { readFileSync } from 'node:fs';
import { ask as askEngine } from '../../src/engine/ask';
import { VARIABLE } from '../../src/engine/binary';
import { Answer as Said } from '../../src/engine/question';
import { engine } from '../../tools/engine';
import { Call } from '../bed/app/call';
import { istiodSettings } from '../bed/control/istiod';
import { FILES } from '../bed/layout';

export type { Answer as Said } from '../../src/engine/question';

/** A call that the engine is asked about; it reads those of its fields that decide its way. */
export type Asked = Omit<Call, 'id'> & { readonly from: string };

/** Asks the engine what becomes of calls in the cluster as it was dumped, with the bed's istiod and DNS. */
export async function ask(manifests: string, outside: Record<string, string>, calls: Asked[]): Promise<Said[]> {
  process.env[VARIABLE] ??= await engine();
  const mesh = readFileSync(FILES.meshConfig, 'utf8');
  const question = { manifests, mesh, outside, onlyThoseOutside: true, calls };
  const { answers, problems } = await askEngine(question, istiodSettings());
  // The API server took every object, so the engine has to be able to read it.
  if (problems && problems.length > 0) {
    throw new Error(`the engine cannot read ${JSON.stringify(problems.slice(0, 3))}`);
  }
  return answers;
}

import { spawn, spawnSync } from 'node:child_process';
import { engineBinary } from './binary';
import { Question, Reply } from './question';

/** What of this process's environment the engine sees: never variables by which istiod would be another one than the mesh's. */
const PASSED = ['PATH', 'HOME', 'SystemRoot', 'TMPDIR', 'TEMP', 'TMP', 'GOMAXPROCS', 'GOMEMLIMIT'];

/** Without it, istiod would take no pod for one of an ambient mesh; where there are no such pods, it changes nothing. */
const AMBIENT = { PILOT_ENABLE_AMBIENT: 'true' };

/** Asks the engine. @throws Error of one line if it is not there, or cannot answer */
export function askAtOnce(question: Question, istiod: Record<string, string>): Reply {
  const { error, status, stdout, stderr } = spawnSync(engineBinary(), {
    input: JSON.stringify(question),
    env: environment(istiod),
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  // One that ended before it read everything says why by its exit code.
  if (error && status === null) throw error;
  return replyOf(status, stdout, stderr);
}

/** The same, while other things go on. */
export async function ask(question: Question, istiod: Record<string, string>): Promise<Reply> {
  const child = spawn(engineBinary(), { env: environment(istiod), stdio: 'pipe' });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part) => out.push(part));
  child.stderr.on('data', (part) => err.push(part));
  child.stdin.on('error', () => undefined); // it ended before it read everything: its exit code says so
  child.stdin.end(JSON.stringify(question));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return replyOf(code, Buffer.concat(out).toString(), Buffer.concat(err).toString());
}

function environment(istiod: Record<string, string>): Record<string, string> {
  const own = PASSED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(own), ...AMBIENT, ...istiod };
}

function replyOf(code: number | null, out: string, err: string): Reply {
  if (code === 0) return JSON.parse(out);
  const reason =
    err
      .trim()
      .split('\n')[0]
      .replace(/^engine: /, '') || `it ended with ${code ?? 'a signal'}`;
  throw new Error(`The engine cannot answer: ${reason}`);
}

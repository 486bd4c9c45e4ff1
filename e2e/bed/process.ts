import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface RunOptions {
  /** Network namespace to run in: its network only. @default - the machine's own */
  readonly netns?: string;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** Milliseconds until the command is killed. @default 120000 */
  readonly timeout?: number;
  /** Answer with the exit code instead of throwing when it is not 0. @default false */
  readonly mayFail?: boolean;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the bed's processes see of the machine's environment: a proxy or a CA variable of the caller must not leak in. */
export function plainEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const bed = process.env.EGRESS_BED;
  return { PATH: path, HOME: '/nonexistent', LANG: 'C.UTF-8', ...(bed !== undefined && { EGRESS_BED: bed }), ...extra };
}

/** Enters the network of a namespace and nothing else: files stay the machine's. */
function inNetwork(netns: string | undefined, command: string[]): string[] {
  return netns ? ['nsenter', `--net=/run/netns/${netns}`, '--', ...command] : command;
}

/** Runs a command to its end; throws with its output when it fails. */
export async function run(command: string[], options: RunOptions = {}): Promise<RunResult> {
  const [file, ...args] = inNetwork(options.netns, command);
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? plainEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeout ?? 120_000,
    killSignal: 'SIGKILL',
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk) => stdout.push(chunk));
  child.stderr.on('data', (chunk) => stderr.push(chunk));
  child.stdin.on('error', () => undefined); // a command that does not read its input is no failure
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => resolve(exit ?? 137));
  });
  const result = { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  if (code !== 0 && !options.mayFail) {
    throw new Error(`${command.join(' ')} failed (${code}):\n${result.stderr || result.stdout}`);
  }
  return result;
}

export interface DaemonOptions {
  readonly netns?: string;
  /** File that receives both outputs. */
  readonly log: string;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Starts a process that outlives this call, in a session of its own: Ctrl-C must reach the harness only. */
export function daemon(command: string[], options: DaemonOptions): number {
  const [file, ...args] = inNetwork(options.netns, command);
  const log = openSync(options.log, 'a');
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? plainEnvironment(),
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  child.on('error', () => undefined); // seen by whoever waits for what the process should serve
  child.unref();
  if (child.pid === undefined) throw new Error(`cannot start ${command.join(' ')}`);
  return child.pid;
}

/** The command that runs one of the bed's own TypeScript files. */
export function typescript(file: string, ...args: string[]): string[] {
  return [process.execPath, '--import', require.resolve('tsx'), file, ...args];
}

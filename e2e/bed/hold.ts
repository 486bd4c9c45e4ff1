import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { LOCK } from './layout';
import { typescript } from './process';

/** The right to have a mesh on this machine, until `release`. */
export class Hold {
  /** Waits for the lock, at most so many seconds, and removes what an earlier mesh may have left. */
  static async take(seconds: number): Promise<Hold> {
    const command = [LOCK, ...typescript(join(__dirname, 'keeper.ts'))];
    const keeper = spawn('flock', ['--exclusive', '--timeout', String(seconds), ...command], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    const ready = await new Promise<boolean>((resolve, reject) => {
      keeper.stdout.once('data', () => resolve(true));
      keeper.once('error', reject);
      keeper.once('exit', () => resolve(false));
    });
    if (!ready) throw new Error(`another mesh runs on this machine (lock ${LOCK}) and did not end in ${seconds} s`);
    keeper.unref();
    return new Hold(keeper);
  }

  private constructor(private readonly keeper: ChildProcess) {}

  /** Removes the mesh; resolves when nothing of it is left. */
  async release(): Promise<void> {
    this.keeper.ref();
    const gone = new Promise((resolve) => this.keeper.once('exit', resolve));
    this.keeper.stdin?.end();
    await gone;
  }
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Does something with files as they are in a revision of the repository of this folder, which are written somewhere else meanwhile.
 *
 * @throws Error where there is no such revision
 */
export async function atRevision<T>(
  revision: string,
  paths: string[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'revision-'));
  const target = join(folder, 'files');
  try {
    checkOut(revision, paths, join(folder, 'index'), target);
    return await work(target);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** By an index of its own: neither the user's index nor his files are touched. */
function checkOut(revision: string, paths: string[], index: string, target: string): void {
  const git = (args: string[], input?: Buffer) =>
    execFileSync('git', args, {
      env: { ...process.env, GIT_INDEX_FILE: index },
      input,
      stdio: 'pipe',
      maxBuffer: Infinity,
    });
  try {
    const commit = git(['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`])
      .toString()
      .trim();
    git(['read-tree', commit]);
    const files = git(['ls-files', '-z', '--', ...paths]);
    git(['checkout-index', '-z', '--stdin', `--prefix=${target}/`], files);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer };
    throw new Error(`Revision ${revision}: ${(stderr?.toString().trim() || message).split('\n')[0]}`);
  }
}

import { Given } from './command';
import { materialOf, NoManifests, stated } from './material';
import { atRevision } from './revision';
import { Terminal } from './terminal';
import { Side, sideOf } from '../engine/reach/side';

/** How the two sides of a comparison are named. */
export interface SideOptions {
  /** Where manifests are in revisions; without it, the sides are folders. */
  readonly paths: string[];
  /** Whether there may be no manifests: then nobody reached anything. */
  readonly mayBeEmpty?: boolean;
}

/** One side of a comparison: a folder, or a revision of the repository. */
export async function readSide(
  name: string,
  { paths, mayBeEmpty }: SideOptions,
  given: Given,
  terminal: Terminal,
): Promise<Side> {
  try {
    if (paths.length === 0) return await sideOf(await materialOf([name], terminal, () => true), stated(given));
    return await atRevision(name, paths, async (folder) => {
      const side = await sideOf(await materialOf([folder], terminal, () => true), stated(given));
      return shorn(side, `${folder}/`);
    });
  } catch (error) {
    if (!(error instanceof NoManifests)) throw error;
    if (mayBeEmpty) return EMPTY;
    throw paths.length === 0 ? error : new Error(`Revision ${name}: no manifests in ${paths.join(', ')}.`);
  }
}

const EMPTY: Side = {
  ...{ ways: [], callers: [], assumptions: [], problems: [], grave: [], objects: new Map() },
  ask: async () => [],
};

/** Files are named as they are in the repository. */
function shorn({ ask, objects, ...rest }: Side, prefix: string): Side {
  const without = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(prefix, ''));
  return { ...without(rest), objects: new Map(without([...objects])), ask };
}

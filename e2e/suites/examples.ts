import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { prepare } from '../prove/prove';
import { World, readWorld } from '../prove/world';
import { documentsOf, namesOf } from '../world/manifests';
import { Mesh } from '../world/mesh';

const DIST = resolve(__dirname, '../../dist');
const WORLDS = resolve(__dirname, '../worlds');
const FIXTURES = resolve(__dirname, '../fixtures');

/** A folder of manifests and the world in which it is proved. */
export interface Example {
  readonly name: string;
  readonly documents: string[];
  readonly world: World;
}

function read(name: string, folder: string, world: string): Example {
  if (!existsSync(world)) throw new Error(`${name}: no world file; say in ${world} what its calls must come to`);
  const documents = documentsOf(folder, [world]);
  return { name, documents, world: readWorld(world, namesOf(documents, 'Deployment')) };
}

const foldersIn = (directory: string) => (existsSync(directory) ? readdirSync(directory).sort() : []);

/** One example by name, such as `dist/tls-origination`. */
export function example(name: string): Example {
  const [kind, folder] = name.split('/');
  return kind === 'dist'
    ? read(name, join(DIST, folder), join(WORLDS, `${folder}.yaml`))
    : read(name, join(FIXTURES, folder), join(FIXTURES, folder, 'world.yaml'));
}

/** Every synthesized example, each with its world from `worlds/`, and every folder of hand-written manifests. */
export function examples(): Example[] {
  const own = foldersIn(DIST).map((folder) => example(`dist/${folder}`));
  if (!own.length) throw new Error('dist/ has no examples: synthesize them first');
  return [...own, ...foldersIn(FIXTURES).map((folder) => example(`fixtures/${folder}`))];
}

/** Puts an example into the mesh. */
export async function stage(mesh: Mesh, { world, documents }: Example): Promise<void> {
  await prepare(mesh, world, documents);
}

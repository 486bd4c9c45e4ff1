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

/** Every synthesized example, each with its world from `worlds/`, and every folder of hand-written manifests. */
export function examples(): Example[] {
  const own = foldersIn(DIST).map((name) => read(`dist/${name}`, join(DIST, name), join(WORLDS, `${name}.yaml`)));
  if (!own.length) throw new Error('dist/ has no examples: synthesize them first');
  const byHand = foldersIn(FIXTURES).map((name) =>
    read(`fixtures/${name}`, join(FIXTURES, name), join(FIXTURES, name, 'world.yaml')),
  );
  return [...own, ...byHand];
}

/** One example by name. */
export function example(name: string): Example {
  const found = examples().find((candidate) => candidate.name === name);
  if (!found) {
    throw new Error(
      `no example ${name}; there are ${examples()
        .map((candidate) => candidate.name)
        .join(', ')}`,
    );
  }
  return found;
}

/** Puts an example into the mesh. */
export async function stage(mesh: Mesh, { world, documents }: Example): Promise<void> {
  await prepare(mesh, world, documents);
}

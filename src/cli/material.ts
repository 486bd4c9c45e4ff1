import { text } from 'node:stream/consumers';
import { Given, Option } from './command';
import { Terminal } from './terminal';
import { engineBinary } from '../engine/binary';
import { Grounds, isStating, Material, Stated } from '../engine/inquiry';
import { statementsOfFile } from '../engine/mesh-statements';
import { readInputs } from '../model/inputs';

/** What every question to the engine can be told of the mesh. */
export const MESH_OPTIONS = {
  mesh: {
    value: 'FILE',
    about:
      "the mesh configuration: MeshConfig, the ConfigMap istio, IstioOperator or Helm's values; without it, as PATH says, else Istio's defaults",
  },
  'scoped-gateways': {
    value: 'BOOL',
    about: 'whether istiod runs with PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true; without it, as PATH says, else not',
    allowed: ['true', 'false'],
  },
} satisfies { [name: string]: Option };

export const DESPITE_PROBLEMS = {
  'despite-problems': { about: 'answer also where something cannot be read, or istiod would refuse an object' },
} satisfies { [name: string]: Option };

/** There is nothing to answer about. */
export class NoManifests extends Error {}

/** What the mesh is like is read here; what the objects do, the engine reads. @throws Error where there is nothing, or no engine */
export async function materialOf(paths: string[], terminal: Terminal, wants = isStating): Promise<Material> {
  engineBinary(); // whoever lacks it learns it first
  const stdin = paths.includes('-') ? await text(terminal.stdin()) : '';
  let isEmpty = true;
  const { manifests, others } = readInputs(
    paths,
    (kind) => {
      isEmpty = false;
      return wants(kind);
    },
    () => stdin,
  );
  if (isEmpty) throw new NoManifests(`No manifests in ${paths.join(', ')}.`);
  return { manifests, others, paths: paths.filter((path) => path !== '-'), text: stdin };
}

/** What the user himself says of the mesh. */
export function stated(given: Given): Stated {
  const file = given.text('mesh');
  return {
    mesh: file === undefined ? undefined : statementsOfFile(file),
    scopedGateways: given.truth('scoped-gateways'),
  };
}

/** Whether an answer may be another one for what could not be read; the user is told. */
export function isDoubtful({ grave }: Grounds, given: Given, terminal: Terminal): boolean {
  if (grave.length === 0 || given.is('despite-problems')) return false;
  terminal.err(
    'Something was not counted that may change the answer, see above; --despite-problems takes it as it is.\n',
  );
  return true;
}

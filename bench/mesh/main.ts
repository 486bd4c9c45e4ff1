/** What the mesh pays, beside the shape of Istio's documentation, on the mesh of the test bed. */
import { floorOf, floorTable, Rest, restTable } from './floor/sizes';
import { goalsTable } from './goals';
import { PATTERNS } from './patterns';
import { Push, pushesOf, pushesTable } from './pushes';
import { Size } from './size';
import { sizesOf, sizesTable } from './sizes';
import { Mesh } from '../../e2e/world/mesh';
import { Part, withoutTestBed } from '../part';
import { writeResults } from '../results';

const COUNTS = [10, 200, 2000];
const PUSHED = ['tls-origination', 'tls-passthrough'] as const;

/** What proxies hold: configuration and memory. */
export const mesh: Part = {
  missing: withoutTestBed,
  run: async (once) => {
    const sizes: Size[] = [];
    const rest: Rest[] = [];
    const counts = once ? [10] : COUNTS;
    await onMesh(async (bed) => {
      for (const pattern of PATTERNS) {
        const written = await sizesOf(bed, pattern, counts);
        const floor = await floorOf(bed, pattern, counts, written.sent);
        sizes.push(...written.sizes, ...floor.sizes);
        rest.push(...floor.rest);
        console.error(`${pattern} is measured`);
      }
    });
    const tables = [sizesTable(sizes), floorTable(sizes), goalsTable(sizes), restTable(rest, sizes)];
    report('mesh', { sizes, rest }, tables.join('\n\n'), once);
  },
};

/** What it takes to tell sidecars of one more host. */
export const pushes: Part = {
  missing: withoutTestBed,
  run: async (once) => {
    const found: Push[] = [];
    await onMesh(async (bed) => {
      for (const pattern of PUSHED) {
        found.push(...(await pushesOf(bed, pattern, once ? 10 : COUNTS.at(-1)!)));
        console.error(`${pattern} is pushed`);
      }
    });
    report('pushes', { pushes: found }, pushesTable(found), once);
  },
};

async function onMesh(use: (bed: Mesh) => Promise<void>): Promise<void> {
  const bed = await Mesh.up();
  try {
    await use(bed);
  } finally {
    await bed.down();
  }
}

function report(part: string, data: object, tables: string, once: boolean): void {
  console.log(tables);
  if (!once) writeResults(part, { data, tables });
}

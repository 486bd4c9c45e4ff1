/** What the mesh pays: configuration, memory and pushes, beside the shape of Istio's documentation, on the mesh of the test bed. */
import { PATTERNS } from './patterns';
import { Push, pushesOf, pushesTable } from './pushes';
import { Size, sizesOf, sizesTable } from './sizes';
import { Mesh } from '../../e2e/world/mesh';
import { Part, withoutTestBed } from '../part';
import { writeResults } from '../results';

const COUNTS = [10, 200, 2000];
const PUSHED = ['tls-origination', 'tls-passthrough'] as const;

/** As Istio is installed by default; the bed's own is faster with changes, and knows ambient. */
const DEFAULTS = {
  PILOT_DEBOUNCE_AFTER: '100ms',
  PILOT_ENABLE_AMBIENT: 'false',
  // Not a default: so many clients come at once only here.
  PILOT_MAX_REQUESTS_PER_SECOND: '1000',
};

export const mesh: Part = {
  missing: withoutTestBed,
  run: async (once) => {
    const bed = await Mesh.up();
    try {
      // Thousands of objects are applied to be seen once.
      await bed.restartIstiod({ ...DEFAULTS, PILOT_DEBOUNCE_AFTER: '1s', PILOT_DEBOUNCE_MAX: '300s' });
      const sizes: Size[] = [];
      for (const pattern of PATTERNS) {
        sizes.push(...(await sizesOf(bed, pattern, once ? [10] : COUNTS)));
        console.error(`${pattern} is measured`);
      }
      await bed.restartIstiod(DEFAULTS);
      const pushes: Push[] = [];
      for (const pattern of PUSHED) pushes.push(...(await pushesOf(bed, pattern, once ? 10 : COUNTS.at(-1)!)));
      const tables = [sizesTable(sizes), pushesTable(pushes)].join('\n\n');
      console.log(tables);
      if (!once) writeResults('mesh', { data: { sizes, pushes }, tables });
    } finally {
      await bed.down();
    }
  },
};

import { Mesh } from '../../e2e/world/mesh';

/** As Istio is installed by default; the bed's own is faster with changes, and knows ambient. */
const DEFAULTS = {
  PILOT_DEBOUNCE_AFTER: '100ms',
  PILOT_ENABLE_AMBIENT: 'false',
  // Not a default: so many clients come at once only here.
  PILOT_MAX_REQUESTS_PER_SECOND: '1000',
};

/** An istiod as Istio installs it. */
export const asInstalled = (mesh: Mesh) => mesh.restartIstiod(DEFAULTS);

/** The same for an empty mesh, but it waits for changes to end: thousands of objects are applied to be seen once. */
export async function patient(mesh: Mesh): Promise<void> {
  await mesh.restartIstiod({ ...DEFAULTS, PILOT_DEBOUNCE_AFTER: '1s', PILOT_DEBOUNCE_MAX: '300s' });
  // By default nobody writes access logs; the bed's own is a third of a gateway's filter chain.
  await mesh.configure('REGISTRY_ONLY', { accessLogFile: '' });
}

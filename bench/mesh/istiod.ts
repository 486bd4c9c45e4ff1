import { Mesh } from '../../e2e/world/mesh';

/** How far objects reach in the mesh for which a shape is written. */
export type Reach = 'everywhere' | 'own namespace';

/** As Istio is installed by default; the bed's own is faster with changes, and knows ambient. */
const DEFAULTS = {
  PILOT_DEBOUNCE_AFTER: '100ms',
  PILOT_ENABLE_AMBIENT: 'false',
  // Not a default: so many clients come at once only here.
  PILOT_MAX_REQUESTS_PER_SECOND: '1000',
};

/** Istio's default lets Gateways and ServiceEntries of any namespace count for all others; the bed's own mesh does not. */
const SETTINGS: Record<Reach, { environment: Record<string, string>; meshConfig: object }> = {
  everywhere: {
    environment: { PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'false' },
    meshConfig: { serviceEntryVisibility: undefined },
  },
  'own namespace': { environment: {}, meshConfig: {} },
};

/** An istiod as Istio installs it. */
export const asInstalled = (mesh: Mesh, reach: Reach) =>
  mesh.restartIstiod({ ...DEFAULTS, ...SETTINGS[reach].environment });

/** The same for an empty mesh, but it waits for changes to end: thousands of objects are applied to be seen once. */
export async function patient(mesh: Mesh, reach: Reach): Promise<void> {
  const { environment } = SETTINGS[reach];
  await mesh.restartIstiod({ ...DEFAULTS, ...environment, PILOT_DEBOUNCE_AFTER: '1s', PILOT_DEBOUNCE_MAX: '300s' });
  await withoutLogs(mesh, reach);
}

/** By default nobody writes access logs; the bed's own is a third of a gateway's filter chain. */
export const withoutLogs = (mesh: Mesh, reach: Reach) =>
  mesh.configure('REGISTRY_ONLY', { ...SETTINGS[reach].meshConfig, accessLogFile: '' });

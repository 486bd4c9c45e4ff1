import { ServiceEntryVisibility } from '../../model/service-entry-visibility';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/**
 * Without `serviceEntryVisibility` for sidecars, which is Istio's default, a ServiceEntry of any namespace can be the exit's
 * upstream, or take clients' calls before they reach the exit.
 */
export function* serviceEntriesNotScoped({ world, exits }: Context): Iterable<Finding> {
  const gateways = exits.flatMap((exit) => exit.gateways.filter((gateway) => world.isOurs(gateway)));
  if (gateways.length === 0) return;
  for (const { manifest, mesh } of world.settings.configs) {
    if (ServiceEntryVisibility.read(mesh, []).closed) continue;
    const visibility = mesh.at('serviceEntryVisibility');
    const how = visibility.exists
      ? 'lets ServiceEntries count everywhere, or does not apply to sidecars'
      : 'is missing';
    yield {
      code: 'ServiceEntriesNotScoped',
      severity: 'warning',
      object: manifest,
      what: `serviceEntryVisibility ${how}: whoever may write a ServiceEntry in any namespace can take the exit's calls by plain HTTP and TCP, and clients' calls past the exit`,
      fix: 'from Istio 1.31 on, set meshConfig.serviceEntryVisibility to { defaultVisibility: NAMESPACE, applyToSidecars: true }, with policies for namespaces whose entries others use; before, refuse exported ServiceEntries by an admission policy',
      affects: gateways.map(({ manifest: gateway }) => nameOf(gateway)),
    };
  }
}

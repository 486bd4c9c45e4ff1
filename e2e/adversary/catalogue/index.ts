import { Catalogue } from './aim';
import { PLACES } from './places';
import { PROXIES } from './proxies';
import { ROUTES } from './routes';

/**
 * Every object that a team may write in its own namespace and that istiod, Envoy or Kubernetes reads, aimed at a host that is not the
 * team's, by name.
 */
export const CATALOGUE: Catalogue = { ...PLACES, ...ROUTES, ...PROXIES };

/**
 * Objects that take calls of namespaces without a guard, as docs/enforcement.md says: every call to the host's address, or those to
 * hosts that the namespace knows by a wildcard alone.
 */
export const STOPPED_BY_GUARDS: Record<string, 'address' | 'wildcard'> = {
  "headless Service with the host's address": 'address',
  'VirtualService of the host for everybody': 'wildcard',
  'VirtualService of the host for others by name': 'wildcard',
  'VirtualService of a wildcard for everybody': 'wildcard',
  'VirtualService of the host in capitals': 'wildcard',
  'VirtualService that mirrors calls to the exit': 'wildcard',
  'VirtualService with a delegate elsewhere': 'wildcard',
  "DestinationRule that asks the exit for another's server name": 'wildcard',
};

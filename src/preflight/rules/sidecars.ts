import { HostEntry } from '../../model/host-entry';
import { labelText } from '../../model/selectors';
import { importsHost, listenerFor, Sidecar } from '../../model/sidecar';
import { Call } from '../calls';
import { Context } from '../rule';
import { World } from '../world';

/** The Sidecars that hold for pods of a namespace: those with a selector, and one for the rest. */
export function sidecarsOf(world: World, namespace: string): Sidecar[] {
  const own = world.sidecars.filter((sidecar) => sidecar.namespace === namespace);
  const root = world.sidecars.filter((sidecar) => sidecar.namespace === world.settings.rootNamespace);
  // Without one of its own, a namespace has the root namespace's; of several, the oldest counts.
  const forAll = [...own, ...root].find(({ selector }) => selector === undefined);
  return [...own.filter(({ selector }) => selector !== undefined), ...(forAll ? [forAll] : [])];
}

/** A client's call and each Sidecar that holds for it. */
export function* narrowedCalls({
  world,
  clientCalls,
}: Context): Iterable<{ call: Call; sidecar: Sidecar; port: number }> {
  const known = new Map<string, Sidecar[]>();
  for (const call of clientCalls) {
    const sidecars = known.get(call.namespace) ?? sidecarsOf(world, call.namespace);
    known.set(call.namespace, sidecars);
    const port = call.port ?? (call.route.kind === 'http' ? 80 : 443);
    for (const sidecar of sidecars) if (!world.isOurs(sidecar)) yield { call, sidecar, port };
  }
}

/** What a Sidecar lets its pods see of the hosts of the mesh, on a port. */
export function seen(sidecar: Sidecar, namespace: string, port: number): (entry: HostEntry) => boolean {
  const listener = listenerFor(sidecar, port);
  return (entry) => listener !== undefined && importsHost(listener, namespace, entry.namespace, entry.host);
}

/** Whose pods a Sidecar narrows. */
export function podsOfSidecar({ selector = {} }: Sidecar): string {
  return Object.keys(selector).length > 0 ? `client pods with ${labelText(selector)}` : 'client pods';
}

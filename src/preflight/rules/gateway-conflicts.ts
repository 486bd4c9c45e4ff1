import { Exit } from '../exits';
import { Context } from '../rule';
import { indistinguishable, PlacedServer, placeServers } from '../servers';

/** A server of somebody else on the pods of an exit, and the one of ours that it meets. */
export interface Conflict {
  readonly kind: 'ours skipped' | 'theirs skipped' | 'listener refused';
  readonly exit: Exit;
  readonly ours: PlacedServer;
  readonly theirs: PlacedServer;
}

/** What becomes of servers, ours and others', that share pods. */
export function* conflicts({ world, exits }: Context): Iterable<Conflict> {
  for (const exit of exits) {
    const placed = placeServers(exit);
    const isOurs = (server: PlacedServer) => world.isOurs(server.gateway);
    for (const server of placed) {
      const rival = server.skippedFor;
      if (rival && isOurs(server) !== isOurs(rival)) {
        yield isOurs(server)
          ? { kind: 'ours skipped', exit, ours: server, theirs: rival }
          : { kind: 'theirs skipped', exit, ours: rival, theirs: server };
      }
    }
    for (const ours of placed.filter(isOurs)) {
      for (const theirs of placed.filter((server) => !isOurs(server))) {
        if (indistinguishable(ours, theirs)) yield { kind: 'listener refused', exit, ours, theirs };
      }
    }
  }
}

/** What to do about a Gateway that is on our pods. */
export function apart({ theirs, exit }: Pick<Conflict, 'theirs' | 'exit'>, scoped: boolean | undefined): string {
  const elsewhere = theirs.gateway.namespace !== exit.namespace && !scoped;
  return (
    'give one of the two gateways pods with a label of their own, and select that' +
    (elsewhere
      ? '; or set PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true on istiod, which ends Gateways from other namespaces'
      : '')
  );
}

import { CALLERS, isClient, Move, PORTS, Story } from './story';

/** A name that is called for a host: below a wildcard one that nobody declares by itself. */
const nameOf = (host: string) => host.replace(/^\*/, 'x');

/** What everybody who is named in a story's declarations calls as they say, so that it is seen to pass. */
export function honestMoves({ declarations }: Story): Move[] {
  const moves = declarations.flatMap(({ host, ports, clients }) =>
    ports.flatMap((key) =>
      CALLERS.filter((who) => clients.some((client) => isClient(client, who))).map((who) => {
        const { speaks, port } = PORTS[key];
        const name = nameOf(host);
        return { who, speaks, host: name, port, form: 0, other: name, path: 0, method: 'GET', door: false };
      }),
    ),
  );
  return [...new Map(moves.map((move) => [JSON.stringify(move), move])).values()];
}

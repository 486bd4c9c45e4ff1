import { AS_AUDITOR } from './grammar/headers';
import { BELOW, CALLERS, isClient, Move, OUTSIDE, PORTS, Story } from './story';

const nameOf = (host: string) => (host.startsWith('*.') ? BELOW : host);

const plain = (who: string, speaks: Move['speaks'], host: string, port: number): Move => ({
  who,
  speaks,
  host,
  port,
  form: 0,
  other: host,
  path: 0,
  method: 'GET',
  header: 0,
  way: 'straight',
});

/** What everybody who is named in a story's declarations calls as they say, so that it is seen to pass. */
export function honestMoves({ declarations, published }: Story): Move[] {
  const inside = declarations.flatMap(({ host, ports, clients, rules }) =>
    ports.flatMap((key) =>
      CALLERS.filter((who) => clients.some((client) => isClient(client, who))).map((who) => {
        const { speaks, port } = PORTS[key];
        return { ...plain(who, speaks, nameOf(host), port), header: rules === 'auditor' ? AS_AUDITOR : 0 };
      }),
    ),
  );
  const outside = [
    ...declarations.filter((one) => one.outside).map(({ host }) => plain(OUTSIDE, 'tls', host, 443)),
    ...published.map(({ host, port: key }) => plain(OUTSIDE, PORTS[key].speaks, nameOf(host), PORTS[key].port)),
  ].map((move): Move => ({ ...move, way: 'ingress' }));
  return [...new Map([...inside, ...outside].map((move) => [JSON.stringify(move), move])).values()];
}

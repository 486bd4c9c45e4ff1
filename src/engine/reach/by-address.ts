import { callerOf, Way, wayOf } from './way';
import { Manifest } from '../../model/manifest';
import { Answer, Call, Row } from '../question';

/** The kind of objects that give hosts addresses. */
export const ADDRESSING = 'ServiceEntry';

/**
 * The calls of some callers to the addresses that objects give to hosts: a host that is recognised by its addresses alone is reached by no
 * name. One address of a range stands for all.
 */
export function callsByAddress(manifests: Manifest[], callers: string[]): AddressedCall[] {
  const places = manifests
    .filter(({ kind }) => kind === ADDRESSING)
    .flatMap(({ spec }) =>
      spec
        .at('addresses')
        .items.flatMap(({ text }) =>
          spec
            .at('ports')
            .items.map((port): [string, string] => [
              `tcp://${bracketed(text ?? '')}:${String(port.at('number').raw)}/`,
              spec.at('hosts').items[0]?.text ?? '',
            ]),
        ),
    );
  const urls = [...new Map(places)].filter(([url]) => URL.canParse(url));
  return callers.flatMap((caller) => urls.map(([url, host]) => ({ call: { from: callerOf(caller), url }, host })));
}

/** A call to an address, and the host that has it. */
interface AddressedCall {
  readonly call: Call;
  readonly host: string;
}

const bracketed = (range: string): string => {
  const [address] = range.split('/');
  return address.includes(':') ? `[${address}]` : address;
};

/** The ways by address that no way by name is. */
export function waysByAddress(callers: string[], calls: AddressedCall[], answers: Answer[], known: Row[]): Way[] {
  const seen = new Set(known.map(({ caller, host, port }) => JSON.stringify([caller, host, port])));
  const shown = new Map(callers.map((caller) => [callerOf(caller), caller]));
  return calls.flatMap(({ call, host }, index): Way[] => {
    const { verdict, arrives, hops } = answers[index];
    if (!arrives?.outside || (verdict !== 'allowed' && verdict !== 'depends')) return [];
    const port = Number(new URL(call.url).port);
    const place = { caller: shown.get(call.from)!, host, port };
    const key = JSON.stringify(Object.values(place));
    if (seen.has(key)) return [];
    seen.add(key);
    const row: Row = {
      ...{ ...place, speaks: 'tcp', access: verdict === 'depends' ? 'depends' : 'all', exit: arrives.from, arrives },
      decided: hops.flatMap(({ decided = [] }) => decided),
    };
    return [wayOf(row, call, answers[index])];
  });
}

/**
 * What this library writes for TLS passthrough, rewritten: a shape that nobody emits, to see what it would change. The subsets of the
 * gateway's Service, one for each server name, are spread over several Services of the same pods, each with a DestinationRule.
 */
import { parse } from 'yaml';
import { OURS, Shape } from './shapes';

const SERVICE = 'istio-egress-tls';

/** Ours over so many Services. */
export const spreadOver = (count: number): Shape => ({
  ...OURS,
  name: `${OURS.name}, over ${count} Services`,
  documents: (pattern, hosts) =>
    OURS.documents(pattern, hosts).flatMap((document) =>
      rewritten(parse(document), count).map((o) => JSON.stringify(o)),
    ),
});

const placeOf = (subset: string, count: number) =>
  [...subset].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 0) % count;

function rewritten(object: any, count: number): object[] {
  const { kind, metadata, spec } = object;
  const each = (make: (place: number) => object) =>
    Array.from({ length: count }, (_, place) => ({ ...object, ...make(place) }));
  const named = (place: number) => ({ ...metadata, name: `${metadata.name}-${place}` });
  const atPlace = (host: string, place: number) => host.replace(`${SERVICE}.`, `${SERVICE}-${place}.`);
  if (kind === 'Service' && metadata.name === SERVICE) return each((place) => ({ metadata: named(place) }));
  if (kind === 'DestinationRule' && spec.host.startsWith(`${SERVICE}.`)) {
    return each((place) => ({
      metadata: named(place),
      spec: {
        ...spec,
        host: atPlace(spec.host, place),
        subsets: spec.subsets.filter(({ name }: any) => placeOf(name, count) === place),
      },
    }));
  }
  for (const { route } of kind === 'VirtualService' ? (spec.tls ?? []) : []) {
    for (const { destination } of route) {
      if (destination.subset) destination.host = atPlace(destination.host, placeOf(destination.subset, count));
    }
  }
  return [object];
}

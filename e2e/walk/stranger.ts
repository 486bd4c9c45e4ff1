import { parse } from 'yaml';

const WAYS = ['VirtualService', 'DestinationRule', 'ServiceEntry'];

/** What a stranger writes who knows a client's half: the same objects, in a namespace of its own. */
export function strangersHalf(documents: string[], client: string, stranger: string): string[] {
  const copies = documents
    .map((document) => parse(document))
    .filter(({ kind, metadata }) => metadata.namespace === client && WAYS.includes(kind))
    .map((object) => JSON.stringify({ ...object, metadata: { namespace: stranger, name: object.metadata.name } }));
  return [...new Map(copies.map((copy) => [JSON.parse(copy).kind + JSON.parse(copy).metadata.name, copy])).values()];
}

import { parse } from 'yaml';

/** One object that is applied, or pruned because it is gone. */
export interface Step {
  readonly action: 'apply' | 'prune';
  readonly document: string;
}

/** An order in which objects are applied; they are pruned in its reverse. */
export type Order = (documents: string[]) => string[];

/** Kinds that Flux applies before all others, in its order; kubectl's -k does much the same. @see https://github.com/fluxcd/pkg/blob/main/ssa/sort.go */
const FIRST = [
  'Namespace',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ConfigMap',
  'Secret',
  'Service',
  'Deployment',
  'PodDisruptionBudget',
];

/** By kind, then by group, namespace and name. */
export const FLUX: Order = (documents) => sorted(documents, fluxKey);

/** The other way round, as nobody does it. */
export const REVERSE: Order = (documents) => FLUX(documents).reverse();

/** Any order; the same for the same seed. */
export function shuffled(seed: number): Order {
  return (documents) => {
    let state = seed;
    const random = () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state / 2 ** 31;
    };
    return FLUX(documents)
      .map((document) => ({ document, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ document }) => document);
  };
}

/** Pods and what they are made of in Flux's order, which they need; then what Istio reads, in another one. */
export function podsFirst(order: Order): Order {
  const isIstios = (document: string) => /(^|\.)istio\.io\//.test(parse(document).apiVersion);
  return (documents) => [
    ...FLUX(documents.filter((document) => !isIstios(document))),
    ...order(documents.filter(isIstios)),
  ];
}

/** What leads from one set of manifests to another: what is new or differs is applied, then what is gone is pruned. */
export function stepsBetween(before: string[], after: string[], order: Order): Step[] {
  const known = new Map(before.map((document) => [nameOf(document), document]));
  const wanted = new Set(after.map(nameOf));
  const changed = after.filter((document) => known.get(nameOf(document)) !== document);
  const gone = before.filter((document) => !wanted.has(nameOf(document)));
  return [
    ...order(changed).map((document) => ({ action: 'apply' as const, document })),
    ...order(gone)
      .reverse()
      .map((document) => ({ action: 'prune' as const, document })),
  ];
}

/** An object by kind, namespace and name. */
export function nameOf(document: string): string {
  const { kind, metadata } = parse(document);
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;
}

function fluxKey(document: string): string {
  const { apiVersion, kind, metadata } = parse(document);
  const first = FIRST.indexOf(kind);
  const rank = first < 0 ? FIRST.length : first;
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return [String(rank).padStart(2, '0'), group, kind, metadata.namespace ?? '', metadata.name].join('\0');
}

function sorted(documents: string[], key: (document: string) => string): string[] {
  return documents
    .map((document) => ({ document, key: key(document) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ document }) => document);
}

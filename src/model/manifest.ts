import { Value } from './value';

/** Where an object was read. */
export interface Source {
  readonly file: string;
  /** The line of the file where its document begins, from 1. */
  readonly line: number;
}

/** A Kubernetes object as it was read: identified, and nothing else known of it. */
export interface Manifest {
  /** The API group, without the version; "" for the core group. */
  readonly group: string;
  readonly kind: string;
  /** "" for objects of the cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  /** When the cluster made it, as RFC 3339 in UTC, which sorts as it reads; undefined for what is not from a cluster. */
  readonly created?: string;
  readonly body: Value;
  readonly spec: Value;
  readonly source: Source;
}

const CLUSTER_SCOPED = ['Namespace'];

/** Reads a document as a Kubernetes object; undefined if it is none, as a values file or a document without a name. */
export function toManifest(content: unknown, source: Source): Manifest | undefined {
  const body = new Value(content);
  const version = body.at('apiVersion').text;
  const kind = body.at('kind').text;
  const metadata = body.at('metadata');
  const name = metadata.at('name').text;
  if (!version || !kind || !name) return undefined;
  return {
    group: version.includes('/') ? version.slice(0, version.indexOf('/')) : '',
    kind,
    // As kubectl does, where nothing else says the namespace.
    namespace: CLUSTER_SCOPED.includes(kind) ? '' : metadata.at('namespace').text || 'default',
    name,
    labels: metadata.at('labels').map,
    annotations: metadata.at('annotations').map,
    created: created(metadata.at('creationTimestamp').raw),
    body,
    spec: body.at('spec'),
    source,
  };
}

/** What makes two manifests the same object, whatever the version of their API. */
export function identity({ group, kind, namespace, name }: Manifest): string {
  return [group, kind, namespace, name].join('/');
}

function created(raw: unknown): string | undefined {
  const time = raw instanceof Date ? raw.getTime() : typeof raw === 'string' ? Date.parse(raw) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

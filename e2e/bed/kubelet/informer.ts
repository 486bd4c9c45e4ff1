import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { KubeObject, api } from '../api';

interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject;
}

/** The name by which an object is found in an informer. */
export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

/** A copy of all objects of a kind, kept up to date by a watch; calls back after every change. */
export class Informer {
  readonly objects = new Map<string, KubeObject>();

  constructor(
    private readonly path: string,
    private readonly changed: () => void,
  ) {}

  /** Reads the collection, then follows it for good; resolves after the first read. */
  async start(): Promise<void> {
    const version = await this.read();
    void this.follow(version);
  }

  /** The objects now. */
  all(): KubeObject[] {
    return [...this.objects.values()];
  }

  private async read(): Promise<string> {
    const list = await api.json<{ items: KubeObject[]; metadata: { resourceVersion: string } }>(this.path);
    this.objects.clear();
    for (const object of list.items) this.objects.set(keyOf(object), object);
    this.changed();
    return list.metadata.resourceVersion;
  }

  private async follow(from: string) {
    let version = from;
    for (;;) {
      try {
        await this.watch(version);
        version = await this.read();
      } catch {
        await pause(200); // the API server is away; what was read stays
      }
    }
  }

  private async watch(version: string) {
    const stream = await api.send(`${this.path}?watch=true&resourceVersion=${version}`, {});
    for await (const line of createInterface({ input: stream })) {
      const { type, object } = JSON.parse(line) as WatchEvent;
      if (type === 'ERROR') return;
      if (type === 'DELETED') this.objects.delete(keyOf(object));
      else if (type !== 'BOOKMARK') this.objects.set(keyOf(object), object);
      this.changed();
    }
  }
}

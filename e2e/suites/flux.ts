import { parse } from 'yaml';
import { Mesh } from '../world/mesh';

function nameOf(document: string): string {
  const { apiVersion, kind, metadata } = parse(document);
  return `${apiVersion} ${kind} ${metadata.namespace}/${metadata.name}`;
}

/** Brings one set of manifests after the other into the mesh as Flux does: all is applied, then what is gone is pruned. */
export class Flux {
  private applied: string[] = [];

  constructor(private readonly mesh: Mesh) {}

  /** Applies everything; what is there and no longer wanted stays. */
  async apply(documents: string[]): Promise<void> {
    await this.mesh.apply(documents.join('\n---\n'));
    await this.mesh.ready();
    const wanted = documents.map(nameOf);
    this.applied = [...documents, ...this.applied.filter((document) => !wanted.includes(nameOf(document)))];
    await this.mesh.settled();
  }

  /** Applies everything and prunes what is gone. */
  async reconcile(documents: string[]): Promise<void> {
    await this.apply(documents);
    const gone = this.applied.slice(documents.length);
    if (gone.length) await this.mesh.delete(gone.join('\n---\n'));
    this.applied = documents;
    await this.mesh.settled();
  }
}

/** The namespaces that see an object. */
export class ExportTo {
  /**
   * @param entries `exportTo` as written; empty for what the mesh has as its default
   * @param namespace The object's own namespace
   */
  public static read(entries: string[], namespace: string, fallback: string[] = ['*']): ExportTo {
    const given = (entries.length > 0 ? entries : fallback).map((entry) => (entry === '.' ? namespace : entry));
    if (given.includes('*')) return new ExportTo(true, new Set());
    return new ExportTo(false, new Set(given.filter((entry) => entry !== '~')));
  }

  private constructor(
    /** Seen by every namespace. */
    public readonly everywhere: boolean,
    /** Seen by these, where not by all. */
    public readonly namespaces: ReadonlySet<string>,
  ) {}

  public reaches(namespace: string): boolean {
    return this.everywhere || this.namespaces.has(namespace);
  }
}

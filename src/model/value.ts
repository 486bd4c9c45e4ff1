/**
 * A part of a manifest that nobody has checked. Whatever is asked of it, it answers: a field that is missing or of another
 * type is `undefined`, or an empty list. So a reader needs no checks of its own, and no YAML makes it fail.
 */
export class Value {
  public constructor(public readonly raw: unknown) {}

  /** What stands under these keys, one below the other. */
  public at(...keys: string[]): Value {
    let raw = this.raw;
    for (const key of keys) raw = isMap(raw) && Object.hasOwn(raw, key) ? raw[key] : undefined;
    return new Value(raw);
  }

  /** Whether anything is there; `null`, as an empty YAML field reads, is nothing. */
  public get exists(): boolean {
    return this.raw !== undefined && this.raw !== null;
  }

  /** A text; numbers and booleans as the text that they were written as. */
  public get text(): string | undefined {
    if (typeof this.raw === 'string') return this.raw;
    return typeof this.raw === 'number' || typeof this.raw === 'boolean' ? String(this.raw) : undefined;
  }

  /** A finite number, also one in quotes. */
  public get number(): number | undefined {
    const number = typeof this.raw === 'string' && this.raw.trim() !== '' ? Number(this.raw) : this.raw;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  }

  /** The items of a list. */
  public get items(): Value[] {
    return Array.isArray(this.raw) ? this.raw.map((item) => new Value(item)) : [];
  }

  /** The texts of a list; what is none is left out. */
  public get texts(): string[] {
    return this.items.flatMap((item) => item.text ?? []);
  }

  /** The texts of a map, as labels are; what is none is left out. */
  public get map(): Record<string, string> {
    if (!isMap(this.raw)) return {};
    const entries = Object.entries(this.raw).map(([key, raw]) => [key, new Value(raw).text] as const);
    return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
  }

  /** Whether this is a map with no entry, as `{}`. */
  public get empty(): boolean {
    return isMap(this.raw) && Object.keys(this.raw).length === 0;
  }

  /** The same text for the same content, whatever the order of its keys; YAML can point at itself, so depth ends. */
  public get canonical(): string {
    return canonical(this.raw, 12);
  }
}

function isMap(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function canonical(raw: unknown, depth: number): string {
  if (depth === 0) return '…';
  if (Array.isArray(raw)) return `[${raw.map((item) => canonical(item, depth - 1)).join()}]`;
  if (!isMap(raw)) return JSON.stringify(typeof raw === 'bigint' ? String(raw) : raw) ?? 'null';
  const fields = Object.keys(raw)
    .filter((key) => raw[key] !== undefined && raw[key] !== null)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(raw[key], depth - 1)}`);
  return `{${fields.join()}}`;
}

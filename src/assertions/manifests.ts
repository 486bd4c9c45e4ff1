import { App, Chart, Testing, Yaml } from 'cdk8s';
import { mismatches } from './mismatch';
import { checkOptions, Options } from '../options';

/** What a manifest must be to be found; what is undefined does not matter. */
export interface ManifestQuery {
  /** @default - any kind */
  readonly kind?: string;
  /** @default - any name */
  readonly name?: string;
  /** @default - any namespace */
  readonly namespace?: string;
}

const QUERY: Options<ManifestQuery> = { kind: 'text', name: 'text', namespace: 'text' };

/**
 * Synthesized manifests, to be asserted on in tests of any framework: failed assertions throw an `Error` that says what
 * was expected and what is there.
 *
 * Partial values match as follows: of an object, the fields that are given; of a list, all items in their order; everything
 * else must be equal.
 *
 * @example
 * const platform = new Chart(Testing.app(), 'platform');
 * new EgressGateway(platform, 'Exit');
 * assertions.Manifests.fromChart(platform).has({ kind: 'Gateway' }, { metadata: { namespace: 'istio-egress' } });
 */
export class Manifests {
  /** The manifests of one chart. */
  public static fromChart(chart: Chart): Manifests {
    return new Manifests(Testing.synth(chart));
  }

  /** The manifests of every chart of an app. */
  public static fromApp(app: App): Manifests {
    return new Manifests(app.charts.flatMap((chart) => Testing.synth(chart)));
  }

  /** The manifests of a YAML file, with any number of documents. */
  public static fromFile(path: string): Manifests {
    return new Manifests(Yaml.load(path));
  }

  private constructor(private readonly manifests: any[]) {}

  /** Every manifest, in the order of the output. */
  public get all(): any[] {
    return [...this.manifests];
  }

  /** The manifests that a query finds, in the order of the output. @throws OptionUnknown, WrongType */
  public find(query: ManifestQuery = {}): any[] {
    query = checkOptions('Manifests', query, QUERY);
    return this.manifests.filter(
      ({ kind, metadata }) =>
        (query.kind === undefined || query.kind === kind) &&
        (query.name === undefined || query.name === metadata?.name) &&
        (query.namespace === undefined || query.namespace === metadata?.namespace),
    );
  }

  /** The only manifest that a query finds. @throws Error if there is none, or more than one */
  public only(query: ManifestQuery): any {
    const found = this.find(query);
    if (found.length !== 1) {
      throw new Error(`expected one ${title(query)}, found ${found.length}\n${this.listing(query.kind)}`);
    }
    return found[0];
  }

  /** Asserts how many manifests a query finds. @throws Error */
  public countIs(query: ManifestQuery, count: number): void {
    const found = this.find(query).length;
    if (found !== count) {
      throw new Error(`expected ${count} × ${title(query)}, found ${found}\n${this.listing(query.kind)}`);
    }
  }

  /** Asserts that one of the manifests that a query finds has at least the fields of `partial`. @throws Error */
  public has(query: ManifestQuery, partial: any): void {
    const differences = this.find(query).map((manifest) => ({ manifest, lines: mismatches(manifest, partial) }));
    if (differences.some(({ lines }) => lines.length === 0)) return;
    const closest = differences.sort((a, b) => a.lines.length - b.lines.length)[0];
    if (!closest) throw new Error(`no ${title(query)}\n${this.listing(query.kind)}`);
    const nearest = differences.length > 1 ? `; the closest of ${differences.length} is` : ':';
    throw new Error(
      `${title(query)} does not match${nearest} ${label(closest.manifest)}\n  ${closest.lines.join('\n  ')}`,
    );
  }

  /** Asserts that none of the manifests that a query finds has all the fields of `partial`. @throws Error */
  public hasNot(query: ManifestQuery, partial: any): void {
    const match = this.find(query).find((manifest) => mismatches(manifest, partial).length === 0);
    if (match) throw new Error(`${label(match)} matches, but nothing should:\n  ${JSON.stringify(partial)}`);
  }

  private listing(kind?: string): string {
    const listed = this.find({ kind });
    const lines = (listed.length > 0 ? listed : this.manifests).map(label);
    return `there ${lines.length === 1 ? 'is' : 'are'}:\n  ${lines.join('\n  ') || '(nothing)'}`;
  }
}

function title({ kind, name, namespace }: ManifestQuery): string {
  return [kind ?? 'manifest', namespace && `in ${namespace}`, name && `named ${name}`].filter(Boolean).join(' ');
}

function label(manifest: any): string {
  const { namespace, name } = manifest.metadata ?? {};
  return `${manifest.kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

import { ExportTo } from './export-to';
import { Manifest } from './manifest';
import { selectorMatches } from './selectors';
import { Value } from './value';

/**
 * The mesh's `serviceEntryVisibility`: whose ServiceEntries sidecars and gateways know beyond their own namespace, whatever
 * `exportTo` says.
 *
 * @see serviceExportTo in istio/istio, pilot/pkg/model/push_context.go
 */
export class ServiceEntryVisibility {
  /** Reads it from the mesh's configuration, for the namespaces whose labels are among the objects. */
  public static read(mesh: Value, manifests: Manifest[]): ServiceEntryVisibility {
    const labels = new Map(
      manifests
        .filter(({ group, kind }) => group === '' && kind === 'Namespace')
        .map(({ name, labels: own }) => [name, own]),
    );
    return new ServiceEntryVisibility(mesh.at('serviceEntryVisibility'), labels);
  }

  private constructor(
    private readonly settings: Value,
    private readonly labels: ReadonlyMap<string, Record<string, string>>,
  ) {}

  /** Whether ServiceEntries count at home only, unless a policy says otherwise of their namespace. */
  public get closed(): boolean {
    return this.applies && levelOf(this.settings.at('defaultVisibility')) !== 'PUBLIC';
  }

  /** The namespaces that know a ServiceEntry of the given one that is exported like this. */
  public narrow(exportTo: ExportTo, namespace: string): ExportTo {
    const level = this.applies ? this.levelFor(namespace) : 'PUBLIC';
    if (level === 'PUBLIC') return exportTo;
    return ExportTo.read(level === 'NAMESPACE' && exportTo.reaches(namespace) ? ['.'] : ['~'], namespace);
  }

  private get applies(): boolean {
    return this.settings.at('applyToSidecars').raw === true;
  }

  private levelFor(namespace: string): string {
    const labels = { 'kubernetes.io/metadata.name': namespace, ...this.labels.get(namespace) };
    const policy = this.settings
      .at('policies')
      .items.find((each) =>
        each.at('matchingRules').items.every((rule) => matches(rule.at('namespaceSelector'), labels)),
      );
    return levelOf(policy ? policy.at('visibility') : this.settings.at('defaultVisibility'));
  }
}

/** A rule without a selector matches nothing. */
function matches(selector: Value, labels: Record<string, string>): boolean {
  return selector.exists && selectorMatches(selector, labels);
}

/** What is not said is public. */
function levelOf(value: Value): string {
  const level = value.text?.toUpperCase() ?? '';
  return ['NAMESPACE', 'NONE'].includes(level) ? level : 'PUBLIC';
}

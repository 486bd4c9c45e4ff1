import { FINDINGS } from './codes';
import { Manifest } from '../model/manifest';

/** A stable, documented code of a finding. */
export type Code = keyof typeof FINDINGS;

/** An error breaks calls, or what is declared is not enforced; a warning may. */
export type Severity = 'error' | 'warning';

/** Something in the cluster that would break ours, or be broken by it. */
export interface Finding {
  readonly code: Code;
  readonly severity: Severity;
  /** The object that it is about: the cluster's, or ours where nothing of the cluster's is to blame. */
  readonly object: Manifest;
  /** What happens at run time, as one sentence without its full stop. */
  readonly what: string;
  /** The change to make. */
  readonly fix: string;
  /** What of ours, or of the object's owner, it concerns: calls, hosts, objects. */
  readonly affects: string[];
}

/** How findings and texts name an object. */
export function nameOf({ kind, namespace, name }: Manifest): string {
  return namespace ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
}

/** One finding for each object and problem, with all that it concerns, in an order that does not depend on the input's. */
export function collect(findings: Iterable<Finding>): Finding[] {
  const merged = new Map<string, { finding: Finding; affects: Set<string> }>();
  for (const finding of findings) {
    const { code, severity, object, what, fix } = finding;
    const key = [severity, code, nameOf(object), object.group, what, fix].join('\n');
    const known = merged.get(key) ?? { finding, affects: new Set<string>() };
    for (const affected of finding.affects) known.affects.add(affected);
    merged.set(key, known);
  }
  return [...merged.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { finding, affects }]) => ({ ...finding, affects: [...affects].sort() }));
}

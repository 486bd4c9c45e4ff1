import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Brand } from '../brand';
import { describe, EgressError, Problem } from '../errors';
import { checkName } from '../naming';
import { checkKind } from '../options';

/**
 * Which namespaces are guarded.
 *
 * @example
 * const metadata = { name: 'shop', labels: { egress: 'guarded' } };
 * new ApiObject(chart, 'Shop', { apiVersion: 'v1', kind: 'Namespace', metadata });
 * new EgressGuard(chart, 'Guard', {
 *   namespaces: GuardedNamespaces.labelled({ egress: 'guarded' }),
 *   inCluster: InCluster.none(),
 * });
 */
export class GuardedNamespaces {
  /**
   * The namespaces with these names.
   * @throws NameSyntax, WrongType
   */
  public static named(names: string[]): GuardedNamespaces {
    const where = 'GuardedNamespaces.named';
    checkKind(where, 'names', names, 'list');
    return new GuardedNamespaces([...names].map((name) => checkName(where, 'names', name)));
  }

  /**
   * The namespaces that the app makes with these labels: its Namespace objects, which must come before the guard. A network policy holds
   * for one namespace, so that labels which appear in the cluster alone cannot be followed.
   * @throws WrongType
   */
  public static labelled(labels: { [key: string]: string }): GuardedNamespaces {
    checkKind('GuardedNamespaces.labelled', 'labels', labels, 'map');
    return new GuardedNamespaces([], labels);
  }

  private constructor(
    private readonly names: string[],
    private readonly labels?: { [key: string]: string },
  ) {
    GUARDED.mark(this);
  }

  /**
   * Their names, sorted.
   * @throws GuardNamespaces if there are none
   * @internal
   */
  public _resolve(scope: Construct): string[] {
    const names = [...new Set([...this.names, ...this.labelled(scope)])].sort();
    if (names.length > 0) return names;
    throw new EgressError('GuardNamespaces', scope, {
      what: this.labels ? 'no Namespace of the app carries these labels so far' : 'no namespace is given',
      given: this.labels ?? this.names,
      allowed: 'at least one namespace',
      fix: this.labels ? 'make the Namespaces before the guard, or name them' : 'name the namespaces',
    });
  }

  /**
   * Namespaces that came after the guard, which does not know them.
   * @internal
   */
  public _late(scope: Construct, known: string[]): string[] {
    const late = this.labelled(scope).filter((name) => !known.includes(name));
    if (late.length === 0) return [];
    const problem: Problem = {
      what: 'Namespaces with the labels of this guard are made after it, and would stay open',
      given: late,
      allowed: 'Namespaces that are made before the guard',
      fix: 'make the guard last',
    };
    return [describe('GuardNamespaces', scope, problem)];
  }

  private labelled(scope: Construct): string[] {
    const wanted = Object.entries(this.labels ?? {});
    if (wanted.length === 0) return [];
    return scope.node.root.node
      .findAll()
      .filter((node): node is ApiObject => ApiObject.isApiObject(node) && node.kind === 'Namespace')
      .filter(({ metadata }) => wanted.every(([key, value]) => metadata.getLabel(key) === value))
      .map(({ name }) => name);
  }
}

const GUARDED = new Brand<GuardedNamespaces>(
  'GuardedNamespaces',
  'GuardedNamespaces.named([…]), GuardedNamespaces.labelled({ … })',
);

/** @throws WrongType */
export function checkGuarded(scope: Construct, given: GuardedNamespaces): GuardedNamespaces {
  return GUARDED.check(scope, 'namespaces', given);
}

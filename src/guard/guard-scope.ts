import { Construct } from 'constructs';
import { Brand } from '../brand';
import { EgressError } from '../errors';
import { checkOptions, Options } from '../options';

/** Layers that a guard of sidecars leaves out. Each is named by what that opens. */
export interface SidecarScopeOptions {
  /**
   * Leaves the network policy out: a workload that gets round its sidecar, or has none, reaches everything.
   * @default false
   */
  readonly podsMayBypassSidecar?: boolean;

  /**
   * Leaves the Sidecar out: what sidecars know, and what they do with calls to hosts that nothing declares, is as the mesh has
   * it, or as another repo's Sidecar for the namespace.
   * @default false
   */
  readonly sidecarsFollowMesh?: boolean;

  /**
   * Leaves the Telemetry out, and what makes hosts known by name: whether and how calls are logged is as the mesh has it, or as
   * another Telemetry of the namespace.
   * @default false
   */
  readonly accessLogFollowsMesh?: boolean;
}

const SIDECAR_SCOPE: Options<SidecarScopeOptions> = {
  podsMayBypassSidecar: 'flag',
  sidecarsFollowMesh: 'flag',
  accessLogFollowsMesh: 'flag',
};

/**
 * In which kind of mesh the guarded pods are, and by which layers they are closed there.
 *
 * @example
 * new EgressGuard(chart, 'Guard', {
 *   namespaces: GuardedNamespaces.named(['payments']),
 *   inCluster: InCluster.none(),
 *   scope: GuardScope.ambient(),
 * });
 */
export class GuardScope {
  /**
   * Pods with sidecars, closed by the network and by their sidecars, whose calls are logged. Nothing is left out that is not
   * named.
   * @throws WrongType, OptionUnknown
   */
  public static sidecars(leftOut: SidecarScopeOptions = {}): GuardScope {
    return SCOPE.mark(new GuardScope(false, checkOptions('GuardScope.sidecars', leftOut, SIDECAR_SCOPE)));
  }

  /**
   * Pods in the ambient mesh. A Sidecar has no effect there, so that the network policy alone closes them, and workloads connect to
   * an exit's port 15008.
   */
  public static ambient(): GuardScope {
    return SCOPE.mark(new GuardScope(true, {}));
  }

  private constructor(
    /** @internal */
    public readonly _ambient: boolean,
    /** @internal */
    public readonly _leftOut: SidecarScopeOptions,
  ) {}
}

const SCOPE = new Brand<GuardScope>('GuardScope', 'GuardScope.sidecars(), GuardScope.ambient()');

/** @throws WrongType */
export function checkScope(scope: Construct, given: GuardScope | undefined): GuardScope | undefined {
  return SCOPE.optional(scope, 'scope', given);
}

/**
 * For pods that are closed by the network alone.
 * @throws WrongType for a scope that would leave that out
 */
export function checkWholeScope(scope: Construct, given: GuardScope | undefined): GuardScope | undefined {
  const checked = checkScope(scope, given);
  const [leftOut] = Object.entries(checked?._leftOut ?? {}).find(([, value]) => value) ?? [];
  if (leftOut === undefined) return checked;
  throw new EgressError('WrongType', scope, {
    what: "`scope` leaves out a layer, and an exit's guard has one alone: its network policy",
    given: leftOut,
    allowed: 'GuardScope.sidecars(), GuardScope.ambient()',
    fix: `leave \`${leftOut}\` out, or make no guard`,
  });
}

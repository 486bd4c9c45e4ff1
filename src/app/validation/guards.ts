import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { clashes, paths } from './clashes';
import { describe } from '../../errors';
import { guardOf } from '../marks';

/** Exits in guarded namespaces, which would be cut off from the hosts outside. */
export function guardsOnExits(nodes: IConstruct[]): string[] {
  return nodes.flatMap((node) => {
    const guard = guardOf(node);
    if (!guard) return [];
    const exits = new Set(guard.exitNamespaces());
    return guard.namespaces
      .filter((namespace) => exits.has(namespace))
      .map((namespace) =>
        describe('GuardOnExit', node, {
          what: 'an exit stands in a guarded namespace; its pods would be cut off from the hosts outside',
          given: namespace,
          allowed: 'namespaces of workloads',
          fix: 'close the exit with an ExitGuard',
        }),
      );
  });
}

/** Namespaces with more than one guard: what one of them opens, the other cannot close. */
export function guardsTwice(nodes: IConstruct[]): string[] {
  const guarded = nodes.flatMap((node) => (guardOf(node)?.namespaces ?? []).map((namespace) => ({ node, namespace })));
  return clashes(guarded, ({ namespace }) => namespace).map((group) =>
    describe('GuardTwice', group[1].node, {
      what: `two guards keep ${group[0].namespace}; what one of them opens, or only observes, the other cannot close`,
      given: group.map(({ node }) => node.node.path),
      allowed: 'one EgressGuard for each namespace',
      fix: 'take the namespace out of one of them',
    }),
  );
}

/** Sidecars for all workloads of one namespace, of which Istio takes the oldest. */
export function sidecarsTwice(objects: ApiObject[]): string[] {
  return forWholeNamespace(
    objects,
    'Sidecar',
    'networking.istio.io',
    ({ workloadSelector }) => workloadSelector?.labels,
  ).map((group) =>
    describe('SidecarTwice', group[1], {
      what: `two Sidecars are for all workloads of ${group[0].metadata.namespace}; Istio takes the older one and ignores the other`,
      given: paths(group),
      allowed: 'one Sidecar without `workloadSelector` in a namespace',
      fix: 'guard a namespace once, and remove hand-written Sidecars, or set `scope: GuardScope.sidecars({ sidecarsFollowMesh: true })` on the guard',
    }),
  );
}

/** Telemetries for all workloads of one namespace, of which Istio takes one as well. */
export function telemetriesTwice(objects: ApiObject[]): string[] {
  const pods = ({ selector, targetRef, targetRefs }: any) => selector?.matchLabels ?? targetRef ?? targetRefs?.[0];
  return forWholeNamespace(objects, 'Telemetry', 'telemetry.istio.io', pods).map((group) =>
    describe('TelemetryTwice', group[1], {
      what: `two Telemetries are for all workloads of ${group[0].metadata.namespace}; Istio takes the older one and ignores the other`,
      given: paths(group),
      allowed: 'one Telemetry without `selector` in a namespace',
      fix: 'have your Telemetry log the outgoing calls too, and set `accessLogFollowsMesh` on the guard',
    }),
  );
}

/** Groups of objects of a kind in one namespace that select no workloads, and so are for all. */
function forWholeNamespace(
  objects: ApiObject[],
  kind: string,
  apiGroup: string,
  selected: (spec: any) => object | undefined,
): ApiObject[][] {
  const whole = objects
    .filter((object) => object.kind === kind && object.apiGroup === apiGroup)
    .filter((object) => Object.keys(selected(object.toJson().spec ?? {}) ?? {}).length === 0);
  return clashes(whole, ({ metadata }) => metadata.namespace ?? '');
}

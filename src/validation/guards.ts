import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { clashes, paths } from './clashes';
import { exitHostOf, exitOf, guardOf } from './marks';
import { describe } from '../errors';

/** Exits in guarded namespaces, which would be cut off from the hosts outside. */
export function guardsOnExits(nodes: IConstruct[]): string[] {
  const exits = new Set(nodes.flatMap((node) => (exitOf(node) ?? exitHostOf(node))?.namespace ?? []));
  return nodes.flatMap((node) =>
    (guardOf(node)?.namespaces ?? [])
      .filter((namespace) => exits.has(namespace))
      .map((namespace) =>
        describe('GuardOnExit', node, {
          what: 'an exit stands in a guarded namespace; its pods would be cut off from the hosts outside',
          given: namespace,
          allowed: 'namespaces of workloads',
          fix: 'close the exit with an ExitGuard',
        }),
      ),
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
      fix: 'guard a namespace once, and remove hand-written Sidecars, or set `sidecarsFollowMesh` on the guard',
    }),
  );
}

/** The same of Telemetries. */
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

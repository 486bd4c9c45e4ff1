import { ApiObject, App, YamlOutputType } from 'cdk8s';
import { clashes, paths } from './clashes';
import { describe } from '../../errors';

/** Objects that would replace each other in the cluster. */
export function duplicateObjects(objects: ApiObject[]): string[] {
  return clashes(objects, identity).map((group) =>
    describe('DuplicateObject', group[1], {
      what: `two objects are ${group[0].kind} ${group[0].metadata.namespace ?? ''}/${group[0].name}; the later one would replace the other`,
      given: paths(group),
      allowed: 'one object of a kind, namespace and name',
      fix: 'set `name` on one of the gateways, give the construct another id, or rename a hand-written object',
    }),
  );
}

/** Objects that cdk8s would write to one file, of which it would keep the last. */
export function fileCollisions(app: App, objects: ApiObject[]): string[] {
  const type = app.yamlOutputType;
  if (type !== YamlOutputType.FILE_PER_RESOURCE && type !== YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE) {
    return [];
  }
  const folder = (object: ApiObject) => (type === YamlOutputType.FILE_PER_RESOURCE ? '' : object.chart.node.path);
  return clashes(objects, (object) => `${folder(object)}/${object.kind}.${object.name}`)
    .filter((group) => new Set(group.map(identity)).size > 1)
    .map((group) =>
      describe('OutputFileCollision', group[1], {
        what: `cdk8s writes one file per resource, named by kind and name only: ${group[0].kind} ${group[0].name} would overwrite its namesake`,
        given: paths(group),
        allowed: 'each name once per kind, whatever the namespace and API group',
        fix: 'rename one, or use another `yamlOutputType`',
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

function identity(object: ApiObject): string {
  return `${object.apiGroup}/${object.kind}/${object.metadata.namespace ?? ''}/${object.name}`;
}

import { ApiObject, App, YamlOutputType } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { describe } from '../errors';

/** What the checks of the whole tree know of a host at an exit, without knowing the exit's kind. */
export interface ExitHost {
  readonly namespace: string;
  readonly host: string;
}

const EXIT_HOST = Symbol.for('cdk8s-istio-egress.ExitHost');
const CHECKED = Symbol.for('cdk8s-istio-egress.TreeChecked');

/** Marks the construct that makes a host reachable at an exit. */
export function markExitHost(construct: Construct, host: ExitHost): void {
  (construct as any)[EXIT_HOST] = host;
}

/**
 * Has the whole app checked before anything is written: duplicate objects, files that would overwrite each other, and what
 * hand-written objects of the app do to an exit.
 */
export function checkTree(scope: Construct): void {
  const root = scope.node.root;
  if (CHECKED in root) return;
  (root as any)[CHECKED] = true;
  let known = { size: -1, problems: [] as string[] };
  root.node.addValidation({
    validate: () => {
      // cdk8s asks once per chart: the answer changes only when something was added.
      const nodes = root.node.findAll();
      if (nodes.length !== known.size) known = { size: nodes.length, problems: problemsOf(root, nodes) };
      return known.problems;
    },
  });
}

function problemsOf(root: IConstruct, nodes: IConstruct[]): string[] {
  const objects = nodes.filter((node): node is ApiObject => ApiObject.isApiObject(node));
  const hops = nodes.filter((node) => EXIT_HOST in node) as Construct[];
  return [
    ...duplicateObjects(objects),
    ...fileCollisions(root, objects),
    ...hostsOnTwoExits(hops),
    ...loops(objects, hops),
  ];
}

/** Groups that have more than one member. */
function clashes<T>(items: T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

const paths = (constructs: IConstruct[]) => constructs.map((construct) => construct.node.path);

function duplicateObjects(objects: ApiObject[]): string[] {
  const key = (object: ApiObject) =>
    [object.apiGroup, object.kind, object.metadata.namespace ?? '', object.name].join('/');
  return clashes(objects, key).map((group) =>
    describe('DuplicateObject', group[1], {
      what: `two objects are ${group[0].kind} ${group[0].metadata.namespace ?? ''}/${group[0].name}; the later one would replace the other`,
      given: paths(group),
      allowed: 'one object of a kind, namespace and name',
      fix: 'set `name` on one of the declarations, or give it another id',
    }),
  );
}

function fileCollisions(root: IConstruct, objects: ApiObject[]): string[] {
  const type = (root as Partial<App>).yamlOutputType;
  if (type !== YamlOutputType.FILE_PER_RESOURCE && type !== YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE) {
    return [];
  }
  const folder = (object: ApiObject) => (type === YamlOutputType.FILE_PER_RESOURCE ? '' : object.chart.node.path);
  return clashes(objects, (object) => `${folder(object)}/${object.kind}.${object.name}`)
    .filter((group) => new Set(group.map((object) => object.metadata.namespace)).size > 1)
    .map((group) =>
      describe('OutputFileCollision', group[1], {
        what: `cdk8s writes one file per resource, named by kind and name only: ${group[0].kind} ${group[0].name} would overwrite its namesake`,
        given: paths(group),
        allowed: 'each name once per kind, whatever the namespace',
        fix: 'rename one, or use another `yamlOutputType`',
      }),
    );
}

function hostsOnTwoExits(hops: Construct[]): string[] {
  return clashes(hops, (hop) => `${exitHost(hop).namespace}/${exitHost(hop).host}`).map((group) =>
    describe('HostOnTwoExits', group[1], {
      what: `two exits of namespace ${exitHost(group[0]).namespace} reach ${exitHost(group[0]).host}; Istio would use one's settings for both`,
      given: paths(group),
      allowed: 'a host at one exit of a namespace',
      fix: 'use one exit for the host, or put the exits in namespaces of their own',
    }),
  );
}

/** Hand-written ServiceEntries that would send a gateway's calls to where they came from: to the gateway. */
function loops(objects: ApiObject[], hops: Construct[]): string[] {
  const written = objects.filter((object) => object.kind === 'ServiceEntry' && !(EXIT_HOST in object.node.scope!));
  return written.flatMap((object) => {
    const { metadata, spec = {} } = object.toJson();
    if ((spec.resolution ?? 'NONE') !== 'NONE') return [];
    const exportTo: string[] = spec.exportTo ?? ['*'];
    const hit = hops.map(exitHost).find(({ namespace, host }) => {
      const visible = exportTo.includes('*') || exportTo.includes(namespace) || metadata?.namespace === namespace;
      return visible && spec.hosts?.includes(host);
    });
    if (!hit) return [];
    return describe('ResolutionNone', object, {
      what: `this ServiceEntry names ${hit.host} with resolution NONE and is visible in the exit's namespace, where it makes calls loop`,
      given: { exportTo, resolution: spec.resolution },
      allowed: `resolution DNS, or an \`exportTo\` without ${hit.namespace}`,
      fix: 'remove the ServiceEntry: the declaration replaces it',
    });
  });
}

function exitHost(hop: IConstruct): ExitHost {
  return (hop as any)[EXIT_HOST];
}

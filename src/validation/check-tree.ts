import { ApiObject, App } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import {
  conflictingCaptures,
  conflictingRoutes,
  hostsOnTwoExits,
  loops,
  sharedSelectors,
  splitCaptures,
  unmergedEntries,
} from './exits';
import { guardsOnExits, sidecarsTwice, telemetriesTwice } from './guards';
import { ingressHostsTwice } from './ingress';
import { duplicateObjects, fileCollisions } from './objects';

const CHECKED = Symbol.for('cdk8s-istio-egress.TreeChecked');

/**
 * Has the whole app checked before anything is written: duplicate objects, files that would overwrite each other, exits and
 * routes that disturb each other, and what hand-written objects of the app do to an exit.
 */
export function checkTree(scope: Construct): void {
  const root = scope.node.root;
  if (CHECKED in root) return;
  (root as any)[CHECKED] = true;
  let known: { nodes: IConstruct[]; problems: string[] } = { nodes: [], problems: [] };
  root.node.addValidation({
    validate: () => {
      // cdk8s asks once per chart: the answer changes only when the tree did.
      const nodes = root.node.findAll();
      const same = nodes.length === known.nodes.length && nodes.every((node, index) => node === known.nodes[index]);
      if (!same) known = { nodes, problems: problemsOf(root as App, nodes) };
      return known.problems;
    },
  });
}

function problemsOf(app: App, nodes: IConstruct[]): string[] {
  const objects = nodes.filter((node): node is ApiObject => ApiObject.isApiObject(node));
  return [
    ...duplicateObjects(objects),
    ...fileCollisions(app, objects),
    ...sharedSelectors(nodes),
    ...hostsOnTwoExits(nodes),
    ...conflictingRoutes(nodes),
    ...conflictingCaptures(nodes),
    ...splitCaptures(nodes),
    ...unmergedEntries(nodes),
    ...loops(objects, nodes),
    ...guardsOnExits(nodes),
    ...sidecarsTwice(objects),
    ...telemetriesTwice(objects),
    ...ingressHostsTwice(nodes),
  ];
}

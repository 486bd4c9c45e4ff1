import { ApiObject, App } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { conflictingCaptures, hostsOnTwoExits, loops, sharedSelectors } from './exits';
import { guardsOnExits, guardsTwice, sidecarsTwice, telemetriesTwice } from './guards';
import { ingressHostsTwice } from './ingress';
import { duplicateObjects, fileCollisions } from './objects';
import { routesTakenAtWaypoints } from './waypoints';
import { Slot } from '../../slot';
import { isMarked } from '../marks';

const CHECKED = new Slot<true>('TreeChecked');

/**
 * Has the whole app checked before anything is written: duplicate objects, files that would overwrite each other, exits and
 * routes that disturb each other, and what hand-written objects of the app do to an exit.
 */
export function checkTree(scope: Construct): void {
  const root = scope.node.root;
  if (CHECKED.of(root)) return;
  CHECKED.set(root, true);
  let branches: Branch[] = [];
  let problems: string[] = [];
  root.node.addValidation({
    validate: () => {
      // cdk8s asks once per chart: the answer changes only when the tree did.
      if (branches.length === 0 || !branches.every(isUnchanged)) {
        const nodes = root.node.findAll();
        // Objects are leaves.
        branches = nodes
          .filter((node) => !ApiObject.isApiObject(node))
          .map((node) => ({ node, children: node.node.children }));
        problems = problemsOf(root as App, nodes);
      }
      return problems;
    },
  });
}

/** A node of the tree with the children that it had. */
interface Branch {
  readonly node: IConstruct;
  readonly children: IConstruct[];
}

function isUnchanged({ node, children }: Branch): boolean {
  const now = node.node.children;
  return now.length === children.length && now.every((child, index) => child === children[index]);
}

function problemsOf(app: App, nodes: IConstruct[]): string[] {
  const objects = nodes.filter((node): node is ApiObject => ApiObject.isApiObject(node));
  const marked = nodes.filter(isMarked);
  return [
    ...duplicateObjects(objects),
    ...fileCollisions(app, objects),
    ...sharedSelectors(marked),
    ...hostsOnTwoExits(marked),
    ...conflictingCaptures(marked),
    ...loops(objects, marked),
    ...guardsOnExits(marked),
    ...guardsTwice(marked),
    ...sidecarsTwice(objects),
    ...telemetriesTwice(objects),
    ...ingressHostsTwice(marked),
    ...routesTakenAtWaypoints(objects, marked),
  ];
}

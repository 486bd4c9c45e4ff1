import { ApiObject, App } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { conflictingCaptures, hostsOnTwoExits, loops, sharedSelectors } from './exits';
import { duplicateObjects, fileCollisions, sidecarsTwice, telemetriesTwice } from './objects';
import { Slot } from '../../slot';
import { isMarked } from '../marks';

/** The whole app, as checks read it. */
export interface Tree {
  readonly objects: ApiObject[];
  /** The constructs that have a mark. */
  readonly marked: IConstruct[];
}

/** What can be wrong with an app beyond what every app is checked for, whoever of its constructs asks for it. */
export interface TreeCheck {
  /** Unique in this package. */
  readonly name: string;
  /** What is wrong, as errors say it. */
  readonly problems: (tree: Tree) => string[];
}

/** The further checks of an app, by name: a second copy of this package has the same ones. */
const CHECKS = new Slot<Map<string, TreeCheck>>('TreeChecks');

/**
 * Has the whole app checked before anything is written: duplicate objects, files that would overwrite each other, exits and
 * routes that disturb each other, and what hand-written objects of the app do to an exit.
 *
 * @param further What only apps with such a construct have to be checked for
 */
export function checkTree(scope: Construct, ...further: TreeCheck[]): void {
  const checks = CHECKS.begin(scope.node.root, () => validated(scope.node.root));
  for (const check of further) if (!checks.has(check.name)) checks.set(check.name, check);
}

/** Checks for an app that has none yet, to which others can be added until it is synthesized. */
function validated(root: IConstruct): Map<string, TreeCheck> {
  const checks = new Map<string, TreeCheck>();
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
        problems = problemsOf(root as App, nodes, [...checks.values()]);
      }
      return problems;
    },
  });
  return checks;
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

function problemsOf(app: App, nodes: IConstruct[], checks: TreeCheck[]): string[] {
  const objects = nodes.filter((node): node is ApiObject => ApiObject.isApiObject(node));
  const marked = nodes.filter(isMarked);
  return [
    ...duplicateObjects(objects),
    ...fileCollisions(app, objects),
    ...sharedSelectors(marked),
    ...hostsOnTwoExits(marked),
    ...conflictingCaptures(marked),
    ...loops(objects, marked),
    ...sidecarsTwice(objects),
    ...telemetriesTwice(objects),
    ...checks.flatMap(({ problems }) => problems({ objects, marked })),
  ];
}

import { Statement } from './mesh-statements';
import { Problem } from './question';

/** Problems of the input, told apart. */
export interface Problems {
  /** What may change an answer: what could not be read, or what a cluster would refuse. */
  readonly grave: Problem[];
  /** What was left out for a reason that is usually meant: files that are no manifests, objects that stand in two places. */
  readonly light: Problem[];
}

/**
 * Tells problems apart.
 *
 * @param statements What says something of the mesh was read, although it is no manifest
 * @param made Objects that were added to the input, by kind, namespace and name; where they stand in it already, that is as it should be
 */
export function sorted(problems: Problem[], statements: Statement[], made: string[]): Problems {
  const read = new Set(statements.map(({ source: { file, line } }) => `${file}:${line}`));
  const isOurs = ({ file, object = '' }: Problem) => !file && made.includes(object);
  const left = problems.filter(
    (problem) =>
      !(isNoManifest(problem) && read.has(`${problem.file}:${problem.line}`)) && !(isTwice(problem) && isOurs(problem)),
  );
  const isLight = (problem: Problem) => isNoManifest(problem) || isTwice(problem);
  return { grave: left.filter((problem) => !isLight(problem)), light: left.filter(isLight) };
}

const isNoManifest = ({ code }: Problem) => code === 'no-manifest';
const isTwice = ({ code }: Problem) => code === 'twice';

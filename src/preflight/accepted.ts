import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { FINDINGS } from './codes';
import { Finding, nameOf } from './finding';
import { Value } from '../model/value';

/** A finding that somebody accepts. */
export interface Accepted {
  readonly code: string;
  /** The object, as findings name it: `Kind namespace/name`. @default - any */
  readonly object?: string;
}

/**
 * Reads a file of findings that are accepted, each with its reason.
 *
 * ```yaml
 * ignore:
 *   - code: ExtensionOnExit
 *     object: EnvoyFilter istio-system/lua
 *     reason: reviewed in SEC-12
 * ```
 *
 * @throws Error if the file says something else: what is misspelled must not pass for accepted
 */
export function readAccepted(file: string): Accepted[] {
  const content = new Value(parse(readFileSync(file, 'utf8')));
  const strange = Object.keys(content.map).concat(content.at('ignore').items.length > 0 ? [] : ['ignore']);
  if (strange.length > 0) throw new Error(`${file}: a list \`ignore\` is needed, and nothing else.`);
  return content.at('ignore').items.map((item, index) => {
    const { code = '', object, reason, ...rest } = item.map;
    const fail = (what: string) => new Error(`${file}: entry ${index + 1} of \`ignore\` ${what}.`);
    if (!Object.hasOwn(FINDINGS, code)) throw fail(`has no code of a finding: ${code || 'none'}`);
    if (!reason) throw fail('has no `reason`');
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw fail(`has a field that there is none of: ${unknown}`);
    return { code, object };
  });
}

/** Those of the findings that nobody accepts, and what is accepted without being found. */
export function without(findings: Finding[], accepted: Accepted[]): { left: Finding[]; unused: Accepted[] } {
  const used = new Set<Accepted>();
  const left = findings.filter((finding) => {
    const match = accepted.find(
      ({ code, object }) => code === finding.code && (object === undefined || object === nameOf(finding.object)),
    );
    if (match) used.add(match);
    return !match;
  });
  return { left, unused: accepted.filter((one) => !used.has(one)) };
}

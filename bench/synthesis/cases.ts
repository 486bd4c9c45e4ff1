import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Input } from './input';
import { writeOverlays } from './overlays';
import { Peer } from './peers';

const HERE = join(__dirname, 'cases');

/** A way to make manifests of what is declared. */
export interface Case {
  readonly name: string;
  /** What it emits: this library's policy, a declaration per host or per namespace, or what the documentation has. */
  readonly emits: 'per host' | 'per namespace' | 'documentation';
  /** The largest number of hosts that it is asked for. */
  readonly atMost: number;
  /** Whether so many are asked of it in one namespace only, since it takes long and namespaces make no difference to it. */
  readonly inOneNamespace?: boolean;
  /** Writes what a user of it keeps, beside what is declared. */
  readonly prepare?: (directory: string, declared: Input) => void;
  /** Prints manifests, or writes them to `out`; run in the directory. */
  readonly command: (directory: string) => string[];
}

export const PER_HOST = 'this library, a declaration per host';
export const PER_NAMESPACE = 'this library, a declaration per namespace';
export const DOCUMENTATION = "plain L1, the documentation's five objects";

/** A case as it is with the App of this library. */
export const withFastApp = (name: string) => `${name}, \`FastApp\``;
export const HELM = '`helm template`';

/** Everything that is compared. */
export function casesWith(peers: Record<Peer, string>): Case[] {
  const node = (name: string, which: string, emits: Case['emits']): Case[] =>
    ['App', 'FastApp'].map((app) => ({
      name: app === 'App' ? name : withFastApp(name),
      emits,
      atMost: 10_000,
      command: (directory) => [process.execPath, join(HERE, 'node/run.js'), which, directory, app],
    }));
  const template = (name: string, folder: Peer, atMost: number, args: string[]): Case => ({
    name,
    emits: 'per host',
    atMost,
    prepare: (directory) => cpSync(join(HERE, folder), directory, { recursive: true }),
    command: () => [peers[folder], ...args],
  });
  const kustomize = template('kustomize', 'kustomize', 100, ['build', '.']);
  return [
    ...node(PER_HOST, 'a declaration per host', 'per host'),
    ...node(PER_NAMESPACE, 'a declaration per namespace', 'per namespace'),
    ...node(DOCUMENTATION, 'documentation', 'documentation'),
    ...node('plain L1, the same policy', 'same policy', 'per host'),
    {
      ...template(HELM, 'helm', 10_000, ['template', 'egress', '.', '--values', 'declarations.json']),
      prepare: (directory) => {
        cpSync(join(HERE, 'helm'), directory, { recursive: true });
        cpSync(join(directory, 'exit.yaml'), join(directory, 'templates/exit.yaml'));
      },
    },
    { ...template('jsonnet', 'jsonnet', 10_000, ['--yaml-stream', 'main.jsonnet']), inOneNamespace: true },
    {
      ...template('cue', 'cue', 10_000, ['export', '.', 'declarations.json', '-e', 'output', '--out', 'text']),
      inOneNamespace: true,
    },
    {
      ...kustomize,
      prepare: (directory, declared) => {
        kustomize.prepare!(directory, declared);
        writeOverlays(directory, declared);
      },
    },
  ];
}

/** All patterns in turn: there is no peer that does the same, but it has to grow as evenly. */
export const MIXED: Case = {
  name: 'this library, mixed patterns',
  emits: 'per host',
  atMost: 10_000,
  inOneNamespace: true,
  command: (directory) => [process.execPath, join(HERE, 'node/run.js'), 'mixed patterns', directory, 'FastApp'],
};

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandsOf } from '../../e2e/bed/parts/go';

const MODULE = resolve(__dirname, '../tools');

/** The generators that people use instead, by the package that makes their command. `bench/tools/go.mod` pins them. */
const COMMANDS = {
  helm: 'helm.sh/helm/v4/cmd/helm',
  jsonnet: 'github.com/google/go-jsonnet/cmd/jsonnet',
  cue: 'cuelang.org/go/cmd/cue',
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5',
};

export type Peer = keyof typeof COMMANDS;

/** Builds or reuses them; answers with where each is. */
export async function peers(): Promise<Record<Peer, string>> {
  const directory = await commandsOf(MODULE, 'peers', COMMANDS);
  return Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, join(directory, name)])) as Record<Peer, string>;
}

/** Their versions, as they are pinned. */
export function versions(): Record<Peer, string> {
  const pins = readFileSync(join(MODULE, 'go.mod'), 'utf8');
  const pinOf = (path: string) => {
    const [, version] =
      [...pins.matchAll(/^\t(\S+) (v\S+)/gm)]
        .map(([, module, pin]) => [module, pin])
        .find(([module]) => path === module || path.startsWith(`${module}/`)) ?? [];
    return version ?? 'unknown';
  };
  return Object.fromEntries(Object.entries(COMMANDS).map(([name, path]) => [name, pinOf(path)])) as Record<
    Peer,
    string
  >;
}

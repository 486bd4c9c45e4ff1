/**
 * The folders of `src/` and which may import which: the one list from which the linter's rule (`import/no-restricted-paths`,
 * in .projenrc.ts), and the drawing and the table of ARCHITECTURE.md are made.
 */

/** A folder of `src/`, with all below it that is no layer of its own. */
export interface Layer {
  readonly folder: string;
  readonly holds: string;
  /** Folders that stand before this one in the list. What these may import, this one may import too. */
  readonly above: readonly string[];
  /** Whether it reads manifests, and knows neither cdk8s nor constructs. @default false */
  readonly withoutConstructs?: true;
  /** Files of other layers that it imports all the same. Each shows something that stands in the wrong place: add none. */
  readonly againstTheOrder?: readonly string[];
}

/** The files beside `src/index.ts`. */
const ROOT = '.';
/** The generated L1, which is no folder of `src/`. */
const L1 = 'imports';

/** From the lowest to the highest. */
export const LAYERS: readonly Layer[] = [
  {
    folder: ROOT,
    holds: 'what everything needs: errors, names, checks of options, what constructs remember',
    above: [],
  },
  { folder: L1, holds: 'L1, generated from the pinned CRDs, never edited', above: [] },
  {
    folder: 'mesh',
    holds: 'settings of the mesh, Istio versions, the one way to make a manifest',
    above: [ROOT, L1],
  },
  {
    folder: 'destination',
    holds: 'hosts, HTTP and opaque ports, TLS, retries, headers; endpoints, addresses, limits, outlier detection',
    above: ['mesh'],
  },
  {
    folder: 'policy',
    holds: 'clients, HTTP rules, and the namespaces to which nothing is refused yet',
    above: ['destination'],
  },
  {
    folder: 'exit',
    holds:
      'the contract of every exit: its class and address, a declaration in one form, names that both hops agree on',
    above: ['policy'],
  },
  {
    folder: 'app',
    holds: 'what the whole app knows: declarations, exits, marks, the summary, what must be installed',
    above: ['exit'],
  },
  { folder: 'app/report', holds: 'what an app lets out, as data and as lines', above: ['app'] },
  { folder: 'app/validation', holds: 'checks of the whole app', above: ['app/report'] },
  { folder: 'exit/owned', holds: 'what every exit has that the app itself makes', above: ['app/validation'] },
  {
    folder: 'upstream',
    holds: 'where a host is and how to connect to it: entries, rules and routes, whoever sends the calls',
    above: ['exit'],
  },
  {
    folder: 'client',
    holds: "what leads a namespace's calls to an exit: entries, routes, how sidecars connect",
    above: ['app', 'upstream'],
  },
  {
    folder: 'gateway/access',
    holds: 'who may call a gateway: policies, servers, an agent that decides',
    above: ['app', 'upstream'],
  },
  {
    folder: 'gateway/pods',
    holds: 'what runs as a gateway: pods, their size, pods that exist already',
    above: ['exit/owned', 'gateway/access'],
  },
  {
    folder: 'gateway',
    holds: 'the classes of gateways, their hosts and servers, forward proxies',
    above: ['client', 'gateway/pods'],
  },
  { folder: 'waypoint', holds: 'the classes of waypoints and their hosts', above: ['gateway'] },
  { folder: 'sidecar', holds: 'the way out without an exit', above: ['client'] },
  {
    folder: 'pattern',
    holds: 'what users declare; it knows exits by their contract alone',
    above: ['app/validation'],
  },
  { folder: 'publish', holds: 'external services that are published to callers', above: ['gateway'] },
  { folder: 'observe', holds: 'access logs', above: ['waypoint'] },
  { folder: 'guard/admission', holds: 'what the API server refuses', above: ['waypoint'] },
  { folder: 'guard', holds: 'what closes namespaces and exits', above: ['observe', 'guard/admission'] },
  {
    folder: 'fast-app',
    holds: 'an App that synthesizes any cdk8s app in linear time, with the same files',
    above: ['mesh'],
  },
  { folder: 'model', holds: 'manifests, read as Istio reads them', above: [], withoutConstructs: true },
  {
    folder: 'engine',
    holds: "questions to the engine, which is istiod's own generator, and its answers in words",
    above: ['model'],
    withoutConstructs: true,
  },
  { folder: 'assertions', holds: "helpers for users' tests", above: ['app', 'engine'] },
  {
    folder: 'preflight',
    holds: 'what manifests do to each other, one rule per file',
    above: ['model'],
    withoutConstructs: true,
  },
  {
    folder: 'observe/missing',
    holds: 'what access logs say is missing',
    above: [],
    withoutConstructs: true,
    // The server names of the hop, as exits make them and access logs show them.
    againstTheOrder: ['exit/server-names.ts'],
  },
  { folder: 'cli', holds: 'the commands', above: ['engine', 'preflight', 'observe/missing'], withoutConstructs: true },
];

/** All layers that a layer may import. */
export function mayImport({ above }: Layer): string[] {
  const next = LAYERS.filter(({ folder }) => above.includes(folder));
  return [...new Set(next.flatMap((layer) => [layer.folder, ...mayImport(layer)]))];
}

/** The layer in which a file of `src/` stands: the innermost. */
export function layerOf(file: string): Layer | undefined {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : ROOT;
  return LAYERS.filter((layer) => `${folder}/`.startsWith(`${layer.folder}/`)).sort(
    (a, b) => b.folder.length - a.folder.length,
  )[0];
}

/** The files of a layer, as the linter's pattern. None has `src/index.ts`, which imports everything and is imported by nothing. */
function filesOf(folder: string): string {
  if (folder === L1) return 'imports/**';
  if (folder === ROOT) return 'src/!(index).ts';
  const hasLayers = LAYERS.some((other) => other.folder.startsWith(`${folder}/`));
  return `src/${folder}/${hasLayers ? '*.ts' : '**'}`;
}

const written = LAYERS.filter(({ folder }) => folder !== L1);

/** For the linter's `import/no-restricted-paths`: a layer may import itself and what it says, and nothing else of the repository. */
export const ZONES = written.map((layer) => ({
  target: `./${filesOf(layer.folder)}`,
  from: ['./src/**', './imports/**'],
  except: [
    ...[layer.folder, ...mayImport(layer)].map((folder) => `**/${filesOf(folder)}`),
    ...(layer.againstTheOrder ?? []).map((file) => `**/src/${file}`),
  ],
  message: 'Which folder may import which stands in tools/layers.ts.',
}));

/** Files that know no constructs, as the linter's patterns. */
export const WITHOUT_CONSTRUCTS = written
  .filter(({ withoutConstructs }) => withoutConstructs)
  .map(({ folder }) => filesOf(folder));

/** The table of ARCHITECTURE.md. */
export function layerTable(): string {
  const rows = LAYERS.map(({ folder, holds, above, withoutConstructs }) => {
    const named = above.map((each) => `\`${nameOf(each)}\``);
    return `| \`${nameOf(folder)}\` | ${holds} | ${[...named, ...(withoutConstructs ? ['no constructs'] : [])].join(', ')} |`;
  });
  return ['| folder | holds | imports, with all that these may import |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The drawing of ARCHITECTURE.md. */
export function layerDrawing(): string {
  const id = (folder: string) => (folder === ROOT ? 'files' : folder.replace('/', '_'));
  return [
    '```mermaid',
    'flowchart TD',
    ...LAYERS.map(({ folder }) => `  ${id(folder)}["${folder === ROOT ? 'src/*.ts' : folder}"]`),
    ...LAYERS.flatMap(({ folder, above }) => above.map((each) => `  ${id(folder)} --> ${id(each)}`)),
    '```',
  ].join('\n');
}

function nameOf(folder: string): string {
  if (folder === ROOT) return 'src/*.ts';
  return folder === L1 ? 'imports/' : `src/${folder}/`;
}

import { Command, Given, UsageError } from './command';
import { DESPITE_PROBLEMS, isDoubtful, materialOf, MESH_OPTIONS, stated } from './material';
import { Terminal, withProgress } from './terminal';
import { expiredOn, isDay } from '../engine/reach/expired';
import { takeInventory } from '../engine/reach/inventory';
import { Listed, toJson, toMarkdown, toText } from '../engine/reach/inventory-text';
import { toHtml } from '../engine/reach/map';
import { protectionOf, Way } from '../engine/reach/way';

const OUTPUTS = { text: toText, json: toJson, markdown: toMarkdown, html: toHtml };

/** Which ways fail, by what `--fail-on` says; those that expired do with `--expired-on`. */
const FAILING: { readonly [what: string]: (way: Way) => boolean } = {
  direct: ({ isDirect }) => isDirect,
  plaintext: ({ arrives }) => protectionOf(arrives) === 'plaintext',
  unverified: ({ arrives }) => protectionOf(arrives) === 'unverified',
  wildcard: ({ host }) => host.includes('*'),
  depends: ({ access }) => access === 'depends',
  never: () => false,
};

/** The command `inventory`. */
export const INVENTORY: Command = {
  name: 'inventory',
  summary: 'who reaches what outside, through which exit, with which encryption, and who owns it',
  usage: 'PATH... [options]',
  about: `Lists every way out of the mesh that manifests make, anybody's: istiod's own generator says what each proxy is told to do.
PATH is a file or a folder of manifests, a dump of a cluster, or - for standard input; what says how istiod runs is read there too.
Output html is a map: one page that needs nothing else.`,
  options: {
    'expired-on': { value: 'DATE', about: 'fail for what ends on that day or before it, as 2026-12-01, and list it' },
    ...MESH_OPTIONS,
    output: { value: 'FORMAT', about: 'the form of the list', allowed: Object.keys(OUTPUTS), default: 'text' },
    'fail-on': {
      value: 'WHAT',
      about: 'which ways out are exit code 1',
      allowed: Object.keys(FAILING),
      default: 'never',
      lists: true,
    },
    ...DESPITE_PROBLEMS,
  },
  page: 'inventory.md',
  exits:
    '0 if nothing has expired, and there is nothing that --fail-on names; 1 if there is; 2 where the usage is wrong, or input is missing, is about nobody, cannot be read or would be refused.',
  run,
};

async function run(given: Given, terminal: Terminal): Promise<number> {
  const day = given.text('expired-on');
  if (given.operands.length === 0) throw new UsageError('A file or folder of manifests is needed.');
  if (day !== undefined && !isDay(day)) throw new UsageError(`--expired-on is a day as 2026-12-01, not ${day}.`);
  const material = await materialOf(given.operands, terminal);
  const inventory = await withProgress(
    terminal,
    () => 'every caller is asked for',
    async () => takeInventory(material, stated(given)),
  );
  const expired = day === undefined ? undefined : { day, ways: expiredOn(day, inventory.ways) };
  const listed: Listed = { ...inventory, expired };
  terminal.out(OUTPUTS[given.text('output') as keyof typeof OUTPUTS](listed));
  if (isDoubtful(inventory, given, terminal)) return 2;
  const failing = (given.list('fail-on').length > 0 ? given.list('fail-on') : ['never']).map((what) => FAILING[what]);
  return expired?.ways.length || inventory.ways.some((way) => failing.some((fails) => fails(way))) ? 1 : 0;
}

import { compare } from './diff';
import { Carrier, disguised, namesIn } from './disguise';
import { Inventory } from './inventory';
import { HostPattern, Rule } from './pattern';
import { Side } from './side';
import { callOf, callerOf, callerShown, Way } from './way';
import { Answer, Call } from '../question';

/** What is to be shown. */
export interface Claim {
  readonly text: string;
  /** Calls that contradict it, the plainest first. */
  readonly against: Counterexample[];
  /** What was looked at, where nothing contradicts. */
  readonly covered: Covered;
  /** Rules that allow what nobody does. */
  readonly unused?: string[];
}

/** A call that gets through and must not. */
export interface Counterexample {
  readonly call: Call;
  readonly answer: Answer;
}

export interface Covered {
  readonly callers: number;
  readonly hosts: number;
  readonly ports: number;
  readonly calls: number;
  /** Whether names were disguised on one connection of each kind, and not on every one. */
  readonly isSampled?: true;
}

/** More calls than these take minutes. */
const MOST_CALLS = 100_000;

/** A name has at most so many disguises on a connection. */
const FORMS = 50;

const PORTS = [80, 443, 8080];

/**
 * Looks for a call of certain callers to certain hosts, over the inventory and in every disguise.
 *
 * @throws Error where there is nobody to ask, or too much
 */
export async function never(rule: Rule, inventory: Inventory): Promise<Claim> {
  const callers = callersOf(rule, inventory);
  if (callers.length === 0) throw new Error(`'${rule.text}' is about nobody: the manifests know no such caller.`);
  const names = namesOf(rule.hosts, inventory);
  const calls: Call[] = [];
  // First the plainest, which say most to whoever reads them.
  for (const from of callers) calls.push(...waysOf(from, inventory).flatMap((way) => along(rule.hosts, way, from)));
  for (const from of callers) calls.push(...names.flatMap((name) => direct(name, from, rule.hosts, inventory)));
  const carriers = callers.flatMap((from) => carriersOf(from, inventory));
  const full = carriers.flatMap((carrier) => names.map((name) => [name, carrier] as const));
  const isFull = full.length * FORMS <= MOST_CALLS;
  for (const [name, carrier] of isFull ? full : sampled(names, carriers)) calls.push(...disguised(name, carrier));
  if (calls.length > MOST_CALLS) {
    throw new Error(`'${rule.text}' is about more than ${MOST_CALLS} calls: name fewer callers or hosts.`);
  }
  const distinct = [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
  const addresses = new Map(inventory.ways.map((way) => [calledName(way), way.host]));
  const answers = await inventory.ask(distinct);
  return {
    text: `never ${rule.text}`,
    against: distinct
      .map((call, index) => ({ call, answer: answers[index] }))
      .filter((one) => reaches(rule.hosts, one, addresses)),
    covered: { ...coveredBy(distinct), ...(isFull ? {} : { isSampled: true as const }) },
  };
}

/** Every connection with one name, and every name on one connection of each kind: of those, one says what the others would. */
function sampled(names: string[], carriers: Carrier[]): (readonly [string, Carrier])[] {
  const kinds = new Map(
    carriers.map((carrier) => [JSON.stringify([carrier.from, carrier.exit, carrier.port, carrier.speaks]), carrier]),
  );
  return [
    ...carriers.map((carrier) => [names[0], carrier] as const),
    ...names.slice(1).flatMap((name) => [...kinds.values()].map((carrier) => [name, carrier] as const)),
  ];
}

/** The callers whom a rule is about: those of the inventory, and whom it names itself. */
function callersOf({ callers }: Rule, inventory: Inventory): string[] {
  const among = inventory.callers.filter((caller) => callers.touches(caller)).map(callerOf);
  return [...new Set([...among, ...(callers.named === undefined ? [] : [callers.named])])];
}

/** The ways of a caller; of one whom the manifests do not name, those of everybody in the namespace. */
function waysOf(from: string, { ways, callers }: Inventory): Way[] {
  const shown = callerShown(from);
  const caller = callers.includes(shown) ? shown : shown.replace(/[^/]+$/, '*');
  return ways.filter((way) => way.caller === caller);
}

/** A call that goes a way which the inventory knows, to a name that the rule forbids. */
function along(hosts: HostPattern, way: Way, from: string): Call[] {
  const name = hosts.common(way.host);
  return [
    ...(name === undefined ? [] : [{ ...callOf(way, name), from }]),
    ...(hosts.has(way.arrives.host) || hosts.has(way.host) ? [{ ...way.call, from }] : []),
  ];
}

const calledName = ({ call }: Way) => new URL(call.url).hostname;

/** The names that stand for the forbidden hosts: one, and those of the inventory that are among them. */
function namesOf(hosts: HostPattern, { ways }: Inventory): string[] {
  if (hosts.host === '*') return [hosts.sample];
  const names = ways.flatMap(({ host, arrives }) => [host, arrives.host]);
  return [...new Set([hosts.sample, ...names.filter((host) => !host.includes('*') && hosts.has(host))])];
}

/** The plainest calls: to the names themselves, by every protocol, on every port that somebody uses. */
function direct(name: string, from: string, { port }: HostPattern, { ways }: Inventory): Call[] {
  const ports = new Set([...PORTS, ...ways.map((way) => way.port), ...(port === undefined ? [] : [port])]);
  return [...ports].flatMap((to) =>
    ['http', 'https', 'tcp'].map((scheme) => ({ from, url: `${scheme}://${name}:${to}/` })),
  );
}

/** What a caller can connect to and gets out by. */
function carriersOf(from: string, inventory: Inventory): Carrier[] {
  const carriers = waysOf(from, inventory).map((way) => ({
    from,
    host: calledName(way),
    port: way.port,
    speaks: way.speaks,
    exit: way.exit,
  }));
  return [...new Map(carriers.map((carrier) => [JSON.stringify(carrier), carrier])).values()];
}

/** Whether a call gets to one of some hosts: by its connection, or by the name that the server there is told. */
function reaches(
  hosts: HostPattern,
  { call, answer: { verdict, arrives } }: Counterexample,
  addresses: ReadonlyMap<string, string>,
): boolean {
  if ((verdict !== 'allowed' && verdict !== 'depends') || !arrives?.outside) return false;
  // Who is called by an address is the host that has it.
  const called = /^[\d.]+$|^\[/.test(arrives.host) ? addresses.get(arrives.host) : undefined;
  const names = [arrives.host, ...(called === undefined ? [] : [called]), ...namesIn(arrives.authority ?? '')];
  const isOfPort = hosts.fits(portOf(call)) || hosts.fits(arrives.port);
  return isOfPort && names.some((name) => hosts.has(name));
}

/** The port that a call names. */
function portOf({ url }: Call): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

/** Looks for a way that no rule allows. */
export function only(file: string, rules: Rule[], { ways, callers }: Inventory): Claim {
  const allows = (rule: Rule, way: Way) => rule.callers.covers(way.caller) && rule.hosts.covers(way.host, way.port);
  return {
    text: `only what ${file} allows`,
    against: ways.filter((way) => !rules.some((rule) => allows(rule, way))),
    unused: rules.filter((rule) => !ways.some((way) => allows(rule, way))).map(({ text }) => text),
    covered: { ...coveredBy(ways.map(({ call }) => call)), callers: callers.length },
  };
}

/** Looks for a way that was not there before, or is wider now. */
export function noNew(base: Side, head: Side, name: string): Claim {
  const { gained } = compare(base, head);
  return {
    text: `nothing new since ${name}`,
    against: gained.map(({ way }) => way),
    covered: { ...coveredBy(head.ways.map(({ call }) => call)), callers: head.callers.length },
  };
}

function coveredBy(calls: Call[]): Covered {
  const size = (values: unknown[]) => new Set(values).size;
  return {
    callers: size(calls.map(({ from }) => callerShown(from))),
    hosts: size(calls.map(({ url }) => new URL(url).hostname)),
    ports: size(calls.map(portOf)),
    calls: calls.length,
  };
}

import { BY_GRAVITY, Risk } from './risk';
import { Side } from './side';
import { protectionOf, Way } from './way';

/** What a change opens. */
export interface Gain {
  /** From the gravest. */
  readonly risks: Risk[];
  readonly way: Way;
  /** The same way before, if there was one. */
  readonly before?: Way;
  /** Objects that changed, if that is all. */
  readonly objects?: ChangedObject[];
}

export interface ChangedObject {
  readonly object: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** File and line: of the new one, or of the removed one. */
  readonly at: string;
}

/** What is different between two inventories. */
export interface Diff {
  readonly base: Side;
  readonly head: Side;
  /** By risk, the gravest first. */
  readonly gained: Gain[];
  /** Ways that are there no more. */
  readonly lost: Way[];
  /** Ways that are narrower or better protected. */
  readonly better: Way[];
  /** Objects beside the exits that are others now, and decide about none of the gains. */
  readonly exitObjects: ChangedObject[];
}

/** How much a way is open. */
const WIDTH = { some: 0, depends: 1, all: 2 } as const;
const PROTECTED = { plaintext: 0, unverified: 1, caller: 2, verified: 3 } as const;

const keyOf = ({ caller, host, port, speaks }: Way) => JSON.stringify([caller, host, port, speaks]);

/** Compares what callers reach. */
export function compare(base: Side, head: Side): Diff {
  const before = new Map(base.ways.map((way) => [keyOf(way), way]));
  const after = new Map(head.ways.map((way) => [keyOf(way), way]));
  const known = {
    callers: new Set(base.ways.map(({ caller }) => caller)),
    hosts: new Set(base.ways.map(({ host }) => host)),
    named: base.ways,
  };
  const changed = changedObjects(base, head);
  const gained: Gain[] = [];
  const better: Way[] = [];
  for (const [key, way] of after) {
    const old = before.get(key);
    const risks = old ? risksOfChange(old, way) : risksOfNew(way, known);
    const objects = changed.filter(({ object }) => decides(object, way));
    if (risks.length > 0) gained.push({ risks: ordered(risks), way, before: old });
    else if (old && isBetter(old, way)) better.push(way);
    else if (objects.length > 0) gained.push({ risks: ['rules'], way, before: old, objects });
  }
  return {
    base,
    head,
    gained: gained.filter((gain) => !isSaid(gain, gained)).sort(byGravity),
    lost: [...before].filter(([key]) => !after.has(key)).map(([, way]) => way),
    better,
    exitObjects: besideExits(changed, base, head).filter(
      ({ object }) => !gained.some(({ objects = [] }) => objects.some((one) => one.object === object)),
    ),
  };
}

interface Known {
  readonly callers: ReadonlySet<string>;
  readonly hosts: ReadonlySet<string>;
  readonly named: Way[];
}

function risksOfNew(way: Way, { callers, hosts, named }: Known): Risk[] {
  const namespace = way.caller.split('/')[0];
  const isWider =
    way.caller.endsWith('/*') &&
    named.some(({ caller, host }) => host === way.host && caller.startsWith(`${namespace}/`));
  const isNew = !callers.has(way.caller) || !hosts.has(way.host);
  return [
    ...protectionRisks(way),
    ...when(way.isDirect, 'direct'),
    ...when(way.host.includes('*'), 'wildcard'),
    ...when(isWider, 'identity'),
    ...when(!callers.has(way.caller) && !isWider, 'caller'),
    ...when(!hosts.has(way.host), 'host'),
    ...when(!isNew, 'way'),
  ];
}

function risksOfChange(before: Way, way: Way): Risk[] {
  const leaves = ({ arrives }: Way) => `${arrives.host}:${arrives.port}`;
  const isWorse = PROTECTED[protectionOf(way.arrives)] < PROTECTED[protectionOf(before.arrives)];
  return [
    ...(isWorse ? protectionRisks(way) : []),
    ...when(way.isDirect && !before.isDirect, 'direct'),
    ...when(leaves(way) !== leaves(before), 'destination'),
    ...when(way.exit !== before.exit && !way.isDirect && !before.isDirect, 'exit'),
    ...when(!way.isDirect && before.identity !== undefined && way.identity !== before.identity, 'identity'),
    ...when(WIDTH[way.access] > WIDTH[before.access], 'rules'),
  ];
}

function protectionRisks({ arrives }: Way): Risk[] {
  const protection = protectionOf(arrives);
  return protection === 'plaintext' || protection === 'unverified' ? [protection] : [];
}

const when = (holds: boolean, risk: Risk): Risk[] => (holds ? [risk] : []);
const ordered = (risks: Risk[]) => BY_GRAVITY.filter((risk) => risks.includes(risk));

function byGravity(a: Gain, b: Gain): number {
  const [first, second] = [a, b].map(({ risks }) => BY_GRAVITY.indexOf(risks[0]));
  return first - second || (keyOf(a.way) < keyOf(b.way) ? -1 : 1);
}

function isBetter(before: Way, way: Way): boolean {
  return (
    PROTECTED[protectionOf(way.arrives)] > PROTECTED[protectionOf(before.arrives)] ||
    (before.isDirect && !way.isDirect) ||
    WIDTH[way.access] < WIDTH[before.access]
  );
}

/** Whether a gain of everybody in the namespace says the same of a named account. */
function isSaid({ way, risks }: Gain, gained: Gain[]): boolean {
  if (way.caller.endsWith('/*')) return false;
  const everybody = keyOf({ ...way, caller: way.caller.replace(/[^/]+$/, '*') });
  const other = gained.find((gain) => keyOf(gain.way) === everybody);
  return (
    other !== undefined && risks.every((risk) => other.risks.includes(risk) || risk === 'caller' || risk === 'way')
  );
}

/** A route or policy of a way: of what says which requests pass. */
function decides(object: string, { decided }: Way): boolean {
  return object.startsWith('AuthorizationPolicy/') && decided.some((one) => one.object === object);
}

function changedObjects(base: Side, head: Side): ChangedObject[] {
  const names = new Set([...base.objects.keys(), ...head.objects.keys()]);
  return [...names].sort().flatMap((object): ChangedObject[] => {
    const [before, after] = [base.objects.get(object), head.objects.get(object)];
    if (before?.content === after?.content) return [];
    const change = !before ? 'added' : !after ? 'removed' : 'changed';
    return [{ object, change, at: (after ?? before)!.at }];
  });
}

/** Those of namespaces in which exits are. */
function besideExits(changed: ChangedObject[], ...sides: Side[]): ChangedObject[] {
  const exits = new Set(
    sides.flatMap(({ ways }) => ways.filter(({ isDirect }) => !isDirect).map(({ exit }) => exit.split('/')[0])),
  );
  return changed.filter(({ object }) => sides.some(({ objects }) => exits.has(objects.get(object)?.namespace ?? '')));
}

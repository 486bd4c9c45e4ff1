import { Arrival, Call, Reference, Row } from '../question';
import { storyOf } from '../story';

/** A way out: who reaches what, and how one call of it goes. */
export interface Way extends Row {
  /** The pod that calls leave from: the caller's own where nothing stands between. */
  readonly exit: string;
  /** Where they end. */
  readonly arrives: Arrival;
  /** The objects that let them pass. */
  readonly decided: Reference[];
  /** Whether no exit stands between: calls leave from the caller's own pod. */
  readonly isDirect: boolean;
  /** The identity by which the exit knows the caller; undefined where it does not, or there is none. */
  readonly identity?: string;
}

/** How what leaves is protected, for whoever does not know Istio. */
export type Protection = 'verified' | 'unverified' | 'caller' | 'plaintext';

/** Stands for every account of a namespace that nobody names; the engine calls it so. */
const OTHERS = 'anybody-else';

const SCHEMES = { http: 'http', tls: 'https', tcp: 'tcp' } as const;

/** The caller of a row, as the engine takes it in a call. */
export const callerOf = (caller: string): string => caller.replace(/\/\*$/, `/${OTHERS}`);

/** The caller of a call, as rows have it. */
export const callerShown = (from: string): string => (from.endsWith(`/${OTHERS}`) ? from.replace(/[^/]+$/, '*') : from);

/** A call to a name that goes a way. Where rules let only some requests pass, it is the one of them that the engine found. */
export function callOf({ caller, port, speaks, access, arrives }: Way, name: string): Call {
  const request =
    access === 'all' || arrives.target === undefined ? {} : { method: arrives.method, target: arrives.target };
  return { from: callerOf(caller), url: `${SCHEMES[speaks]}://${name}:${port}/`, ...request };
}

/** A row, and how its call goes. */
export function wayOf(row: Row): Way {
  const exit = row.answer.hops.filter(({ kind }) => kind === 'gateway' || kind === 'waypoint').at(-1);
  const arrives = row.answer.arrives!; // a way ends somewhere
  const decided = row.answer.hops.flatMap((hop) => hop.decided ?? []);
  return { ...row, exit: arrives.from, arrives, decided, isDirect: exit === undefined, identity: exit?.sees };
}

export function protectionOf({ encryption, verified }: Arrival): Protection {
  if (encryption === 'exit') return verified ? 'verified' : 'unverified';
  return encryption === 'caller' ? 'caller' : 'plaintext';
}

/** What a reader of a table is told of it. */
export const PROTECTIONS: { readonly [protection in Protection]: string } = {
  verified: 'TLS, server verified',
  unverified: 'TLS, server NOT verified',
  caller: 'by the caller itself',
  plaintext: 'NONE',
};

/** The exit in a table. */
export const exitOf = ({ isDirect, exit }: Way): string => (isDirect ? 'NONE: straight out' : exit);

/** What becomes of its calls, in sentences without a full stop. */
export function outcomeOf({ call, answer }: Way): string[] {
  return storyOf(call, answer).outcome.map((text) => text.replace(new RegExp(`/${OTHERS}\\b`, 'g'), '/*'));
}

/** What is called, as callers write it. */
export const calledOf = ({ speaks, host, port }: Row): string => `${SCHEMES[speaks]}://${host}:${port}`;

/** Where it leaves to, if that is not what is called. */
export function leavesTo({ host, port, arrives }: Way): string | undefined {
  const isSame = (arrives.host === host || host.startsWith('*')) && arrives.port === port;
  return isSame ? undefined : `${arrives.host}:${arrives.port}`;
}

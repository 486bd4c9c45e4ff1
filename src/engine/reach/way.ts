import { Call, Row } from '../question';
import { storyOf } from '../story';

/** A way out: who reaches what, and how one call of it goes. */
export interface Way extends Row {
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

/** A name that a wildcard, or the star for hosts that nobody declares, stands for. */
export function oneOf(host: string): string {
  if (host === '*') return 'undeclared.example';
  return host.startsWith('*.') ? `any${host.slice(1)}` : host;
}

/** A call that goes the way of a row. Where rules let only some requests pass, it is the one of them that the engine found. */
export function callOf({ caller, host, port, speaks, access, arrives }: Row, name = oneOf(host)): Call {
  const request =
    access === 'all' || arrives.target === undefined ? {} : { method: arrives.method, target: arrives.target };
  return { from: callerOf(caller), url: `${SCHEMES[speaks]}://${name}:${port}/`, ...request };
}

/** A row, and how its call goes. */
export function wayOf(row: Row): Way {
  const exit = row.answer.hops.filter(({ kind }) => kind === 'gateway' || kind === 'waypoint').at(-1);
  return { ...row, isDirect: exit === undefined, identity: exit?.sees };
}

export function protectionOf({ encryption, verified }: Row['arrives']): Protection {
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
export function leavesTo({ host, port, arrives }: Row): string | undefined {
  const isSame = (arrives.host === host || host.startsWith('*')) && arrives.port === port;
  return isSame ? undefined : `${arrives.host}:${arrives.port}`;
}

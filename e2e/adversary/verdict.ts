import { EDGE } from './app';
import { STOPPED_BY_GUARDS } from './catalogue';
import { headersOf, isPlain, pathOf } from './forms';
import {
  Arrival,
  Expected,
  HttpCall,
  isAdmissionClosed,
  isClosed,
  isLed,
  isNamed,
  isObserved,
  mayBePublished,
  mayCall,
  mayCallFromOutside,
  mayCause,
  servedAtWaypoint,
} from './meaning';
import { EVIL, Hit, Source } from './stage';
import { BELOW, INGRESS, Move, OUTSIDE, Story, teamOf } from './story';
import { InternetRecord } from '../bed/internet/record';

/** What is wrong with what came of a move; undefined if nothing is. The story holds only those objects that are there. */
export function verdict(story: Story, move: Move, { answer, arrivals }: Hit, sourceOf: Source): string | undefined {
  for (const record of arrivals) {
    const wrong = wrongWith(story, move, record, sourceOf(record));
    if (wrong) return wrong;
  }
  if (!isHonest(story, move)) return undefined;
  const means = expected(story, move);
  if (!means) return arrivals.length > 0 && !mayLeaveByItself(story, move) ? 'was not refused' : undefined;
  const [record] = arrivals;
  if (!record) return `was refused though granted (${answer.status ?? answer.failure}): ${JSON.stringify(means)}`;
  const { server, port, tls } = arrivalOf(record);
  const isThere =
    server === means.server && port === means.port && tls === means.tls && sourceOf(record) === means.from;
  return isThere ? undefined : `should have arrived at ${JSON.stringify(means)}`;
}

/** Whether a move means no harm and must pass. */
export const isGranted = (story: Story, move: Move): boolean =>
  isHonest(story, move) && expected(story, move)?.from !== 'caller' && expected(story, move) !== undefined;

/** What is wrong with something that arrived, whatever its caller wrote. */
function wrongWith(story: Story, move: Move, record: InternetRecord, from: ReturnType<Source>): string | undefined {
  const arrival = arrivalOf(record);
  const isAtEvil = record.server === EVIL;
  // What TLS passes through is between the caller and the host; what the ingress gateway reads, it sends on as HTTP.
  const isRead = (from === 'exit' && move.way === 'ingress') || move.speaks === 'http' || move.speaks === 'http2';
  const seen: Arrival = isRead ? arrival : { ...arrival, http: undefined };
  if (from === 'caller') return leftByItself(story, move, isAtEvil);
  if (from === 'exit') {
    const callers = move.way === 'ingress' ? [INGRESS, move.who] : [move.who];
    if (isAtEvil || !callers.some((who) => mayCause(story, who, seen))) {
      return 'arrived through an exit without a grant';
    }
  }
  if (from === 'ingress' && (isAtEvil || !mayBePublished(story, seen))) {
    return 'arrived through the ingress gateway, which does not serve it';
  }
  if (isRead && !arrival.server.startsWith('*') && record.host?.replace(/:\d+$/, '').toLowerCase() !== arrival.server) {
    return `the host read another name, ${record.host}`;
  }
  return undefined;
}

/** What is wrong with something that left from the caller's own pod. */
function leftByItself(story: Story, move: Move, isAtEvil: boolean): string | undefined {
  const { who, host } = move;
  const team = teamOf(who);
  if (who === OUTSIDE) return undefined;
  if (isClosed(story, who)) return 'went out past the exits, from a closed namespace';
  if (team === 'agents') {
    // What no waypoint serves, ztunnel carries straight out, or wherever somebody's entry for its address says.
    return servedAtWaypoint(story, host) ? 'went past the waypoint' : undefined;
  }
  const isExposedHere = mayEscape(story, team) || isExposed(story, move);
  if (isAtEvil && !isExposedHere) return "went to the attacker's server";
  return isExposedHere || isObserved(story, who) ? undefined : 'went out past the exits';
}

/** Whether a team opened its own namespace: by what was there before admission looked at it, or where none does. */
const mayEscape = (story: Story, team: string) =>
  story.objects.some((one) => one.team === team && (one.older || !isAdmissionClosed(story, team)));

/** Whether somebody's object may take a call, because no guard stops it. */
function isExposed(story: Story, { who, host }: Move): boolean {
  if (isClosed(story, who) && teamOf(who) !== 'agents') return false;
  return story.objects.some(({ object }) => {
    const takes = STOPPED_BY_GUARDS[object];
    return takes === 'address' || (takes === 'wildcard' && !isNamed(story, who, host));
  });
}

/** Whether a caller means no harm, so that what it declares must work. */
function isHonest(story: Story, move: Move): boolean {
  const plants = story.objects.some(({ team }) => team === teamOf(move.who));
  return isPlain(move) && !plants && !isExposed(story, move) && (move.way !== 'ingress' || move.who === OUTSIDE);
}

function expected(story: Story, move: Move): Expected | undefined {
  const { who, host, port, speaks, way } = move;
  const role = headersOf(move).means === 'auditor' ? 'auditor' : undefined;
  const http: HttpCall = { method: move.method, path: pathOf(move), role };
  if (way === 'ingress') return mayCallFromOutside(story, host, speaks === 'tls', http);
  const isHttp = speaks === 'http' || speaks === 'http2';
  const granted = mayCall(story, who, host, port, isHttp ? http : undefined);
  const isUnguarded = isObserved(story, who) && teamOf(who) !== 'agents' && !isLed(story, who, host);
  return (
    granted ?? (isUnguarded ? { server: serverNamed(host), port, tls: speaks === 'tls', from: 'caller' } : undefined)
  );
}

/** Whether what is not granted may go straight out, because nobody promised otherwise. */
const mayLeaveByItself = (story: Story, { who, host }: Move) =>
  !isClosed(story, who) && (teamOf(who) === 'agents' ? !servedAtWaypoint(story, host) : isObserved(story, who));

/** The wildcard's server has a name of its own. */
const serverNamed = (name: string) => (name === BELOW || name === EDGE ? '*.wikipedia.org' : name);

function arrivalOf({ server, port, tls, method, path, headers }: InternetRecord): Required<Arrival> {
  const http = { method: method ?? '', path: path ?? '/', role: headers?.['x-role'] };
  return { server: serverNamed(server), port, tls: Boolean(tls), http };
}

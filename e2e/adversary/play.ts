import { EDGE, EXITS, manifestsOf } from './app';
import { CATALOGUE, STOPPED_BY_GUARDS } from './catalogue';
import { authorityOf, pathOf } from './forms';
import { honestMoves } from './honest';
import { Arrival, isNamed, mayCall, mayCause, servedAtWaypoint } from './meaning';
import { EVIL, Hit, Shot, Stage } from './stage';
import { Move, Planted, Story } from './story';
import { Flux } from '../suites/flux';

/** What was tried so far. */
export class Coverage {
  stories = 0;
  calls = 0;
  granted = 0;
  /** Stories that the library refuses, by code. */
  readonly refused = new Map<string, number>();
  /** Objects of the catalogue that were there while calls were made, and how often. */
  readonly planted = new Map<string, number>();
  /** Objects that the API server did not take. */
  readonly notTaken = new Map<string, number>();
  readonly forms = new Set<number>();
  readonly paths = new Set<number>();
  readonly moves = new Set<string>();

  count(of: 'refused' | 'planted' | 'notTaken', what: string): void {
    this[of].set(what, (this[of].get(what) ?? 0) + 1);
  }
}

const teamOf = (who: string) => who.split('/')[0];
/** Paths of which every reader makes the same. */
const PLAIN_PATHS = 5;
/** How long a proxy may go on with what it had on connections that stood. */
const TRIES = 4;
const PAUSE = 1500;

const pause = async (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Plays stories on a stage, and fails where what happened is not what was declared. */
export class Player {
  readonly coverage = new Coverage();
  private readonly flux: Flux;

  constructor(private readonly stage: Stage) {
    this.flux = new Flux(stage.mesh);
  }

  async play(story: Story): Promise<void> {
    const made = manifestsOf(story);
    if ('refused' in made) {
      this.coverage.count('refused', made.refused);
      return;
    }
    const planted: object[] = [];
    const doors = story.moves.flatMap((move, index) => (move.door ? [door(move, index)] : []));
    try {
      const older = story.objects.filter((one) => one.older);
      if (older.length > 0) {
        await this.flux.reconcile(this.bare());
        planted.push(...(await this.plant(older)));
        await pause(1100); // ages are told in seconds
      }
      await this.flux.reconcile(made.documents);
      planted.push(...(await this.plant(story.objects.filter((one) => !one.older))));
      for (const object of doors) if (await this.isTaken(object)) planted.push(object);
      if (planted.length > 0) await this.stage.mesh.settled();
      await this.stage.look();
      await this.judge(story);
      this.coverage.stories++;
    } finally {
      if (planted.length > 0) await this.stage.mesh.delete(planted);
    }
  }

  /** The exits alone. */
  private bare(): string[] {
    const made = manifestsOf({ declarations: [], guarded: false, objects: [], moves: [] });
    if ('refused' in made) throw new Error(`the exits alone are refused: ${made.refused}`);
    return made.documents;
  }

  private async plant(objects: Planted[]): Promise<object[]> {
    const taken: object[] = [];
    for (const { team, object, host } of objects) {
      const evil = { host: EVIL, address: this.stage.addresses.get(EVIL)! };
      const made = CATALOGUE[object]({ team, host, address: this.stage.addresses.get(host)!, evil });
      for (const one of made) {
        if (await this.isTaken(one)) taken.push(one);
        else this.coverage.count('notTaken', object);
      }
      this.coverage.count('planted', object);
    }
    return taken;
  }

  /** Whether the API server takes an object, as it would in a cluster. */
  private async isTaken(object: object): Promise<boolean> {
    try {
      await this.stage.mesh.apply(object);
      return true;
    } catch {
      return false;
    }
  }

  /** Makes every move of a story; what comes out wrong is tried again by itself, until proxies have no old connections any more. */
  private async judge(story: Story): Promise<void> {
    const moves = [...story.moves, ...honestMoves(story)];
    let left = moves.map((move, index) => ({ move, index }));
    let wrong: string[] = [];
    for (let attempt = 0; attempt < TRIES && left.length > 0; attempt++) {
      if (attempt > 0) await pause(PAUSE);
      const hits = await this.stage.volley(
        left.map(({ move, index }) => shotOf(move, index)),
        attempt > 0 ? 1 : 8,
      );
      this.coverage.calls += hits.length;
      const verdicts = left.map(({ move }, at) => this.verdict(story, move, hits[at]));
      wrong = verdicts.flatMap((verdict, at) =>
        verdict === undefined
          ? []
          : [`${verdict}: ${JSON.stringify(left[at].move)}\n${JSON.stringify(hits[at], null, 1)}`],
      );
      left = left.filter((_, at) => verdicts[at] !== undefined);
    }
    for (const move of moves) this.note(story, move);
    if (wrong.length > 0) throw new Error(`${wrong.length} of ${moves.length} calls came out wrong\n${wrong[0]}`);
  }

  private note(story: Story, move: Move): void {
    const { coverage } = this;
    coverage.forms.add(move.form);
    coverage.paths.add(move.path);
    coverage.moves.add(`${move.speaks} ${move.who}${move.door ? ' by a door' : ''}`);
    if (isHonest(story, move) && expected(story, move)) coverage.granted++;
  }

  /** What is wrong with what came of a move; undefined if nothing is. */
  private verdict(story: Story, move: Move, { answer, arrivals }: Hit): string | undefined {
    const team = teamOf(move.who);
    const plants = story.objects.some((one) => one.team === team) || isExposed(story, move);
    for (const record of arrivals) {
      const atEvil = record.server === EVIL;
      const server = record.server === EDGE ? '*.wikipedia.org' : record.server;
      const arrival: Arrival = {
        server,
        port: record.port,
        tls: Boolean(record.tls),
        method: record.method,
        path: record.path,
      };
      if (this.stage.isFromExit(record)) {
        // What TLS passes through is between the caller and the host.
        const isOpaque = move.speaks === 'tls' || move.speaks === 'tcp';
        const seen = isOpaque ? { ...arrival, method: undefined } : arrival;
        if (atEvil || !mayCause(story, move.who, seen, isOpaque ? 'other' : 'http')) {
          return 'arrived through an exit without a grant';
        }
        if (!isOpaque && !server.startsWith('*') && record.host?.replace(/:\d+$/, '').toLowerCase() !== server) {
          return `the host read another name, ${record.host}`;
        }
        continue;
      }
      if (team === 'plain') continue;
      if (team === 'agents') {
        // What no waypoint serves, ztunnel carries straight out, or wherever somebody's entry for its address says.
        if (servedAtWaypoint(story, move.host)) return 'went past the waypoint';
        continue;
      }
      if (atEvil && !plants) return "went to the attacker's server";
      if (!plants || (story.guarded && team === 'pay')) return 'went out past the exits';
    }
    if (!isHonest(story, move)) return undefined;
    const means = expected(story, move);
    if (!means) {
      const isElsewhere = team === 'plain' || (team === 'agents' && !servedAtWaypoint(story, move.host));
      return arrivals.length > 0 && !isElsewhere ? 'was not refused' : undefined;
    }
    const [record] = arrivals;
    if (!record) return `was refused though granted (${answer.status ?? answer.failure})`;
    const server = record.server === EDGE ? '*.wikipedia.org' : record.server;
    const isThere = server === means.server && record.port === means.port && Boolean(record.tls) === means.tls;
    return isThere ? undefined : `should have arrived at ${JSON.stringify(means)}`;
  }
}

/** Whether somebody's object may take a call, because no guard stops it. */
function isExposed(story: Story, { who, host }: Move): boolean {
  if (story.guarded && teamOf(who) === 'pay') return false;
  return story.objects.some(({ object }) => {
    const takes = STOPPED_BY_GUARDS[object];
    return takes === 'address' || (takes === 'wildcard' && !isNamed(story, who, host));
  });
}

/** Whether a caller means no harm, so that what it declares must work. */
function isHonest(story: Story, move: Move): boolean {
  const plants = story.objects.some(({ team }) => team === teamOf(move.who)) || isExposed(story, move);
  return move.form === 0 && !move.door && !plants && move.path < PLAIN_PATHS;
}

function expected(story: Story, move: Move): Arrival | undefined {
  const http = move.speaks === 'http' || move.speaks === 'http2';
  return mayCall(story, move.who, move.host, move.port, http ? { method: move.method, path: pathOf(move) } : undefined);
}

const doorHost = (index: number) => `door-${index}.example`;

function shotOf(move: Move, index: number): Shot {
  const { who, speaks, host, port } = move;
  if (speaks === 'tls') return { from: who, url: `https://${host}/`, method: move.method };
  if (speaks === 'tcp') return { from: who, url: `tcp://${host}:${port}` };
  const authority = authorityOf(move);
  const through = move.door
    ? { url: `http://${doorHost(index)}/`, connectTo: { host: '10.45.200.1', port: 80 } }
    : { url: `http://${host}:${port}/` };
  return {
    from: who,
    ...through,
    http: speaks === 'http2' ? '2' : '1.1',
    method: move.method,
    target: pathOf(move),
    headers: authority === undefined || move.door ? undefined : { host: authority },
  };
}

/** A route of the caller's own namespace to an exit, with the authority as the move has it. */
function door(move: Move, index: number): object {
  const { name, namespace } = EXITS[index % 3 === 0 ? 'second' : 'first'];
  const destination = { host: `${name}.${namespace}.svc.cluster.local`, port: { number: 80 } };
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: `door-${index}`, namespace: teamOf(move.who) },
    spec: {
      hosts: [doorHost(index)],
      exportTo: ['.'],
      http: [{ rewrite: { authority: authorityOf(move) }, route: [{ destination }] }],
    },
  };
}

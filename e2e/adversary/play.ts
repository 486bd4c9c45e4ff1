import { admissionIs, isRefusal } from './admission';
import { manifestsOf, NOTHING } from './app';
import { CATALOGUE } from './catalogue';
import { Coverage } from './coverage';
import { honestMoves } from './honest';
import { isAdmissionClosed } from './meaning';
import { PAUSE, SecondOpinion, TRIES } from './second-opinion';
import { doorOf, shotOf } from './shots';
import { EVIL, Hit, Stage } from './stage';
import { Planted, Story, TEAMS } from './story';
import { isGranted, verdict } from './verdict';
import { Flux } from '../suites/flux';

const pause = async (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What became of an object. */
type Fate = 'taken' | 'not taken' | 'refused by admission';

/** Plays stories on a stage, and fails where what happened is not what was declared. */
export class Player {
  readonly coverage = new Coverage();
  private readonly flux: Flux;

  private readonly opinion: SecondOpinion;

  constructor(
    private readonly stage: Stage,
    disagreements?: string,
  ) {
    this.opinion = new SecondOpinion(stage, this.coverage, disagreements);
    this.flux = new Flux(stage.mesh);
  }

  async play(story: Story): Promise<void> {
    const made = manifestsOf(story);
    if ('refused' in made) {
      this.coverage.count('refused', made.refused);
      return;
    }
    const applied: object[] = [];
    const closed = TEAMS.filter((team) => isAdmissionClosed(story, team));
    const isYounger = ({ older }: Planted) => !older;
    try {
      const standing: Planted[] = [];
      if (!story.objects.every(isYounger)) {
        await this.flux.reconcile(this.bare());
        standing.push(
          ...(await this.plant(
            story.objects.filter(({ older }) => older),
            [],
            applied,
          )),
        );
        await pause(1100); // ages are told in seconds
      }
      await this.flux.reconcile(made.documents);
      for (const team of closed) await admissionIs(true, team);
      standing.push(...(await this.plant(story.objects.filter(isYounger), closed, applied)));
      await this.openDoors(story, applied);
      if (applied.length > 0) await this.stage.mesh.settled();
      await this.stage.look();
      await this.judge({ ...story, objects: standing });
      this.coverage.app(story);
    } finally {
      if (applied.length > 0) await this.stage.mesh.delete(applied);
      if (closed.length > 0) await this.withoutAdmission(closed);
    }
  }

  /** The exits alone. */
  private bare(): string[] {
    const made = manifestsOf(NOTHING);
    if ('refused' in made) throw new Error(`the exits alone are refused: ${made.refused}`);
    return made.documents;
  }

  /** What the next story writes must not be looked at by the policies of this one, which the API server forgets a moment later. */
  private async withoutAdmission(closed: string[]): Promise<void> {
    await this.flux.reconcile(this.bare());
    for (const team of closed) await admissionIs(false, team);
  }

  private aimOf({ team, host }: Pick<Planted, 'team' | 'host'>) {
    const { addresses } = this.stage;
    return { team, host, address: addresses.get(host)!, evil: { host: EVIL, address: addresses.get(EVIL)! } };
  }

  /** Writes objects, of which those teams' are looked at that admission is closed to; answers with those that are there. */
  private async plant(objects: Planted[], closed: string[], applied: object[]): Promise<Planted[]> {
    const standing = new Set<Planted>();
    for (const planted of objects) {
      for (const one of CATALOGUE[planted.object](this.aimOf(planted))) {
        const fate = await this.write(one, applied);
        if (fate === 'taken') standing.add(planted);
        if (fate === 'not taken') this.coverage.count('notTaken', planted.object);
        if (fate !== 'refused by admission') continue;
        if (!closed.includes(planted.team)) throw new Error(`admission that only observes refused ${planted.object}`);
        this.coverage.count('refusedByAdmission', planted.object);
      }
      if (standing.has(planted)) this.coverage.count('planted', planted.object);
    }
    return [...standing];
  }

  private async openDoors({ moves }: Story, applied: object[]): Promise<void> {
    for (const [index, move] of moves.entries()) {
      if (move.way === 'door') await this.write(doorOf(move, index), applied);
    }
  }

  /** Writes an object as in a cluster, where the API server may refuse it. */
  private async write(object: object, applied: object[]): Promise<Fate> {
    try {
      await this.stage.mesh.apply(object);
      applied.push(object);
      return 'taken';
    } catch (error) {
      return isRefusal(error) ? 'refused by admission' : 'not taken';
    }
  }

  /** Makes every move of a story; what comes out wrong is tried again by itself, until proxies have no old connections any more. */
  private async judge(story: Story): Promise<void> {
    const moves = [...story.moves, ...honestMoves(story)];
    const shots = moves.map(shotOf);
    const last: Hit[] = [];
    let left = moves.map((move, index) => ({ move, index }));
    let wrong: string[] = [];
    for (let attempt = 0; attempt < TRIES && left.length > 0; attempt++) {
      if (attempt > 0) await pause(PAUSE);
      const hits = await this.stage.volley(
        left.map(({ index }) => shots[index]),
        attempt > 0 ? 1 : 16,
      );
      this.coverage.calls += hits.length;
      left.forEach(({ index }, at) => (last[index] = hits[at]));
      const verdicts = left.map(({ move }, at) => verdict(story, move, hits[at], this.stage.sourceOf));
      wrong = verdicts.flatMap((said, at) =>
        said === undefined ? [] : [`${said}: ${JSON.stringify(left[at].move)}\n${JSON.stringify(hits[at], null, 1)}`],
      );
      left = left.filter((_, at) => verdicts[at] !== undefined);
    }
    for (const move of moves) this.coverage.move(move, isGranted(story, move));
    if (wrong.length > 0) throw new Error(`${wrong.length} of ${moves.length} calls came out wrong\n${wrong[0]}`);
    await this.opinion.on(shots, last);
  }
}

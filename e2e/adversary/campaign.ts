import fc from 'fast-check';
import { CATALOGUE } from './catalogue';
import { Coverage } from './coverage';
import { AUTHORITY_FORMS, HEADER_FORMS, PATH_FORMS, SERVER_NAME_FORMS } from './forms';
import { Player } from './play';
import { Stage } from './stage';
import { stories } from './stories';
import { Story } from './story';

/** How long a campaign goes on, and where it begins. */
export interface CampaignOptions {
  readonly seed: number;
  /** At most so many stories … */
  readonly stories?: number;
  /** … and no new one after so many milliseconds. */
  readonly within?: number;
  /** Where a failure was, to play that one again. */
  readonly path?: string;
  /** Calls of a story. */
  readonly moves?: number;
  /** Where to write what the engine is wrong about, instead of ending there. */
  readonly disagreements?: string;
  readonly tell?: (line: string) => void;
}

/** Plays random stories until one fails, which is made as small as it can be, or until the time is up. */
export async function campaign(stage: Stage, options: CampaignOptions): Promise<Coverage> {
  const { seed, path, within = 3_600_000, tell = () => undefined } = options;
  const player = new Player(stage, options.disagreements);
  const started = Date.now();
  // Of several failures the first is told, and none of a story that the end of the time interrupts.
  let isTold = false;
  const play = async (story: Story) => {
    try {
      await player.play(story);
    } catch (error) {
      if (!isTold) {
        tell(`a failure, which is made smaller now: ${(error as Error).message}\n${JSON.stringify(story)}`);
      }
      isTold = true;
      throw error;
    }
    const { stories: played, calls } = player.coverage;
    if (played > 0 && played % 20 === 0) {
      tell(`${played} apps, ${calls} calls, ${Math.round((Date.now() - started) / 1000)} s`);
    }
  };
  const result = await fc.check(fc.asyncProperty(stories(Object.keys(CATALOGUE), options.moves ?? 60), play), {
    seed,
    path,
    numRuns: options.stories ?? 1_000_000,
    interruptAfterTimeLimit: within,
    markInterruptAsFailure: false,
  });
  isTold = true;
  if (!result.failed) return player.coverage;
  throw new Error(
    [
      `seed ${seed}, path ${result.counterexamplePath}, after ${player.coverage.calls} calls; the smallest app and moves that fail:`,
      JSON.stringify(result.counterexample?.[0], null, 1),
      (result.errorInstance as Error | undefined)?.message ?? '',
    ].join('\n'),
  );
}

/** What a campaign has tried, in lines. */
export function report(coverage: Coverage): string[] {
  const { stories: played, calls, granted, apps, refused, planted, refusedByAdmission, notTaken } = coverage;
  const { forms, serverNames, paths, headers, methods, moves } = coverage;
  const list = (counts: Map<string, number>) =>
    [...counts].map(([what, count]) => `${what} ${count}`).join(', ') || 'none';
  const tried = Object.keys(CATALOGUE).filter((object) => planted.has(object) || refusedByAdmission.has(object));
  const missing = Object.keys(CATALOGUE).filter((object) => !tried.includes(object));
  return [
    `${played} apps, ${calls} calls, ${granted} of them granted`,
    `the engine was asked about ${coverage.asked} calls, left ${coverage.undecided} open, and was wrong about ${coverage.disagreements}`,
    `apps with ${list(apps)}`,
    `refused at synthesis: ${list(refused)}`,
    `catalogue: ${tried.length} of ${Object.keys(CATALOGUE).length} objects written${missing.length > 0 ? `, never: ${missing.join('; ')}` : ''}`,
    `refused by admission: ${list(refusedByAdmission)}`,
    `not taken by the API server: ${list(notTaken)}`,
    `${forms.size} of ${AUTHORITY_FORMS} forms of Host, ${serverNames.size} of ${SERVER_NAME_FORMS} server names, ${paths.size} of ${PATH_FORMS} paths, ${headers.size} of ${HEADER_FORMS} header forms, ${methods.size} methods, ${moves.size} kinds of moves`,
  ];
}

import { Move, Story } from './story';

/** What is counted by name. */
type Counted = 'refused' | 'planted' | 'notTaken' | 'refusedByAdmission' | 'apps';

/** What was tried so far. */
export class Coverage {
  stories = 0;
  calls = 0;
  granted = 0;
  /** Calls that the engine was asked about, and those for which it says that something decides that it cannot know. */
  asked = 0;
  undecided = 0;
  /** Those about which it was wrong. */
  disagreements = 0;
  /** Apps, by what they hold: aliases, guards, admission. */
  readonly apps = new Map<string, number>();
  /** Stories that the library refuses, by code. */
  readonly refused = new Map<string, number>();
  /** Objects of the catalogue that were there while calls were made, and how often. */
  readonly planted = new Map<string, number>();
  /** Objects that the API server did not take by itself, and those that an admission guard had it refuse. */
  readonly notTaken = new Map<string, number>();
  readonly refusedByAdmission = new Map<string, number>();
  readonly forms = new Set<number>();
  readonly serverNames = new Set<number>();
  readonly paths = new Set<number>();
  readonly headers = new Set<number>();
  readonly methods = new Set<string>();
  readonly moves = new Set<string>();

  count(of: Counted, what: string): void {
    this[of].set(what, (this[of].get(what) ?? 0) + 1);
  }

  /** Notes what an app holds. */
  app({ declarations, published, guards }: Story): void {
    const modes = Object.values(guards.namespaces);
    const holds: Record<string, boolean> = {
      aliases: declarations.some(({ upstream }) => upstream),
      'aliases served outside': declarations.some(({ outside }) => outside),
      'hosts served outside': published.length > 0,
      'guards that observe': modes.includes('OBSERVE'),
      'guards that enforce': modes.includes('ENFORCE'),
      'guarded exits': guards.exits,
      'admission that observes': guards.admission === 'OBSERVE',
      'admission that enforces': guards.admission === 'ENFORCE',
    };
    this.stories++;
    for (const [what, is] of Object.entries(holds)) if (is) this.count('apps', what);
  }

  /** Notes what a move tried. */
  move({ who, speaks, way, form, path, header, method }: Move, isGranted: boolean): void {
    (speaks === 'tls' ? this.serverNames : this.forms).add(form);
    this.paths.add(path);
    this.headers.add(header);
    this.methods.add(method);
    this.moves.add(`${speaks} ${who} ${way}`);
    if (isGranted) this.granted++;
  }
}

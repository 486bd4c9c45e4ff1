import { Yaml } from 'cdk8s';

/** Thrown where only cdk8s itself can say how a document is written. */
export const UNSURE = new Error('cdk8s writes this document');

/**
 * What stands as it is in a block, whatever is around it: it begins with no indicator and no digit, holds no control character and
 * nothing that ends a scalar.
 *
 * @see https://yaml.org/spec/1.1/#id905860
 */
const BARE = /^[A-Za-z_/$^(](?:[!-9;-~]|:(?=[!-~])| (?=[!"$-~]))*$/;

/** What YAML 1.1 reads as a boolean, null or number though it begins with a letter. */
const OTHER_TYPE = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?[0-9]+)$/i;

/** What is written in another form at the beginning of a line, or over several lines. */
const DEPENDS_ON_PLACE = /^(?:%|---|\.\.\.)|\n/;

/** Longer keys are written in another form. */
const LONGEST_KEY = 1000;

/** What cdk8s was asked, with its answer. */
class Answers {
  private readonly known = new Map<unknown, string>();

  public constructor(
    private readonly limit: number,
    private readonly ask: (value: any) => string,
  ) {}

  public of(value: unknown): string {
    return this.known.get(value) ?? this.learn(value);
  }

  private learn(value: unknown): string {
    const answer = this.ask(value);
    if (this.known.size >= this.limit) this.known.clear();
    this.known.set(value, answer);
    return answer;
  }
}

const KEYS = new Answers(10_000, askKey);
const VALUES = new Answers(10_000, askValue);

/** A key of a map, with its colon. @throws UNSURE */
export function key(name: string): string {
  return KEYS.of(name);
}

/** A value that is no collection. @throws UNSURE */
export function scalar(value: unknown): string {
  if (typeof value === 'string') return isBare(value) ? value : VALUES.of(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value !== 'number') throw UNSURE;
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : VALUES.of(value);
}

function isBare(text: string): boolean {
  return BARE.test(text) && !OTHER_TYPE.test(text);
}

function askKey(name: string): string {
  if (isBare(name) && name.length < LONGEST_KEY) return `${name}:`;
  if (name.length >= LONGEST_KEY || DEPENDS_ON_PLACE.test(name)) throw UNSURE;
  const line = lineOf({ [name]: 0 });
  if (!line.endsWith(': 0')) throw UNSURE;
  return line.slice(0, -2);
}

function askValue(value: string | number): string {
  if (DEPENDS_ON_PLACE.test(`${value}`)) throw UNSURE;
  const line = lineOf({ k: value });
  if (!line.startsWith('k: ')) throw UNSURE;
  return line.slice('k: '.length);
}

function lineOf(document: object): string {
  const text = Yaml.stringify(document);
  if (text.indexOf('\n') !== text.length - 1) throw UNSURE;
  return text.slice(0, -1);
}

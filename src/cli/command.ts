import { parseArgs } from 'node:util';
import { Terminal } from './terminal';

/** An option of a command. */
export interface Option {
  /** What stands for its value in the help; a flag has none. */
  readonly value?: string;
  readonly about: string;
  /** The only values that it takes. */
  readonly allowed?: readonly string[];
  readonly default?: string;
  /** Whether it can be given several times. @default false */
  readonly many?: true;
  /** Whether it takes all that follows up to the next option, as a shell's `*.yaml` makes it: `--ours a b`. @default false */
  readonly spreads?: true;
  /** Whether one value can be several, with commas between them. @default false */
  readonly lists?: true;
}

/** A command of the one program. */
export interface Command {
  readonly name: string;
  /** One line for the list of all commands. */
  readonly summary: string;
  /** What follows the command's name. */
  readonly usage: string;
  /** What it does, and what it reads. */
  readonly about: string;
  readonly options: { readonly [name: string]: Option };
  /** The page about it, in docs/. */
  readonly page: string;
  /** What its exit codes mean. */
  readonly exits: string;
  /** Does what is asked. Throws where the usage is wrong or input cannot be read: that is told, and comes to 2. @returns The exit code */
  readonly run: (given: Given, terminal: Terminal) => Promise<number>;
}

/** A usage that is wrong: the help is shown with it. */
export class UsageError extends Error {}

/** What a user gave to a command. */
export class Given {
  public constructor(
    public readonly operands: string[],
    private readonly values: { readonly [name: string]: undefined | boolean | string | (string | boolean)[] },
    private readonly options: Command['options'],
  ) {}

  /** Whether a flag is there. */
  public is(flag: string): boolean {
    return this.values[flag] === true;
  }

  /** The value of an option, or its default. */
  public text(option: string): string | undefined {
    return this.list(option)[0] ?? this.options[option].default;
  }

  /** All values of an option. */
  public list(option: string): string[] {
    const all = [this.values[option] ?? []].flat().map(String);
    return this.options[option].lists ? all.flatMap((value) => value.split(',')) : all;
  }

  /** An option that is true or false. */
  public truth(option: string): boolean | undefined {
    const text = this.text(option);
    return text === undefined ? undefined : text === 'true';
  }
}

/** Reads what follows a command's name. @throws UsageError */
export function read({ options }: Command, args: string[]): Given {
  const spreading = Object.keys(options).filter((name) => options[name].spreads);
  const parsed = asUsage(() =>
    parseArgs({
      args: spread(
        args,
        spreading.map((name) => `--${name}`),
      ),
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, { value, many, spreads }]) => [
          name,
          { type: value === undefined ? 'boolean' : 'string', multiple: (many ?? spreads) === true } as const,
        ]),
      ),
    }),
  );
  const given = new Given(parsed.positionals, parsed.values, options);
  for (const [name, { allowed }] of Object.entries(options)) {
    const wrong = allowed && given.list(name).find((value) => !allowed.includes(value));
    if (wrong !== undefined) throw new UsageError(`--${name} is ${either(allowed!)}, not ${wrong}.`);
  }
  return given;
}

/** "a, b or c". */
function either(words: readonly string[]): string {
  return words.join(', ').replace(/, (?=[^,]*$)/, ' or ');
}

/** Does something whose errors are mistakes of usage. */
export function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Lets an option have several values: `--cluster a b` is `--cluster a --cluster b`. */
function spread(args: string[], options: string[]): string[] {
  let current: string | undefined;
  return args.flatMap((arg, index) => {
    if (arg.startsWith('-') && arg !== '-') {
      current = options.includes(arg) ? arg : undefined;
      return [arg];
    }
    const follows = current !== undefined && args[index - 1] !== current;
    return follows ? [current!, arg] : [arg];
  });
}

/** The help of a command. */
export function helpOf({ name, usage, about, options, exits, page }: Command): string {
  const rows = [...Object.entries(options), ['help', { about: 'this text' }] as const].map(
    ([option, { value, about: text, allowed, default: otherwise, many, spreads, lists }]: readonly [
      string,
      Option,
    ]) => [
      `--${option}${value === undefined ? '' : ` ${allowed?.join('|') ?? value}${spreads ? '...' : ''}`}`,
      [text, many && 'can be given several times', lists && 'several with commas', otherwise && `default: ${otherwise}`]
        .filter(Boolean)
        .join('; '),
    ],
  );
  return [
    `Usage: cdk8s-istio-egress ${name} ${usage}`,
    about,
    rows.map(([left, right]) => `  ${left}\n      ${right}`).join('\n'),
    `Exit code: ${exits}`,
    `More: https://github.com/cdk8s-istio-egress/cdk8s-istio-egress/blob/main/docs/${page}\n`,
  ].join('\n\n');
}

/** Where a command writes to, and reads standard input from. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin: () => NodeJS.ReadableStream;
}

/** The terminal of this process. */
export const PROCESS: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stdin: () => process.stdin,
};

/** A command, apart from its terminal. */
export interface Command<Asked> {
  readonly usage: string;
  /** Reads the arguments; undefined if help is asked for. Throws where they are wrong. */
  readonly parse: (args: string[]) => Asked | undefined;
  /** Does what is asked. Returns the exit code; an error is told and comes to 2. */
  readonly run: (asked: Asked, terminal: Terminal) => Promise<number>;
}

/** Runs a command. Never throws, whatever its input. @returns The exit code: 2 where the usage is wrong */
export async function runCommand<Asked>(
  { usage, parse, run }: Command<Asked>,
  args: string[],
  terminal: Terminal,
): Promise<number> {
  let asked: Asked | undefined;
  try {
    asked = parse(args);
  } catch (error) {
    terminal.err(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (asked === undefined) {
    terminal.out(usage);
    return 0;
  }
  try {
    return await run(asked, terminal);
  } catch (error) {
    terminal.err(`${(error as Error).message}\n`);
    return 2;
  }
}

/** Where a command writes to, and reads standard input from. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin: () => NodeJS.ReadableStream;
  /** Whether somebody looks at what is written to `err`. @default false */
  readonly isWatched?: boolean;
}

/** The terminal of this process. */
export const PROCESS: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stdin: () => process.stdin,
  isWatched: process.stderr.isTTY,
};

/** After that long, somebody who waits is told what goes on. */
const PATIENCE = 2000;

/**
 * Does something that may take long. After two seconds, and then each second, a line says what goes on, if somebody is there to see it; it
 * disappears at the end.
 *
 * @param what The text of the line; it is asked again each time
 * @param isLong Whether it surely takes that long: the line is there from the beginning, for work that lets no timer in between
 */
export async function withProgress<T>(
  terminal: Terminal,
  what: () => string,
  work: () => Promise<T>,
  isLong = false,
): Promise<T> {
  if (!terminal.isWatched) return work();
  const start = Date.now();
  let isShown = false;
  const show = () => {
    isShown = true;
    terminal.err(`\r\u001b[K${what()} … ${Math.round((Date.now() - start) / 1000)} s`);
  };
  if (isLong) show();
  const timer = setInterval(() => (Date.now() - start < PATIENCE ? undefined : show()), 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (isShown) terminal.err('\r\u001b[K');
  }
}

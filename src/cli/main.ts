import { Command, helpOf, read, UsageError } from './command';
import { DIFF } from './diff';
import { EXPLAIN } from './explain';
import { INVENTORY } from './inventory';
import { MISSING } from './missing';
import { PREFLIGHT } from './preflight';
import { PROVE } from './prove';
import { PROCESS, Terminal } from './terminal';
import { ownVersion } from '../engine/binary';

const COMMANDS: readonly Command[] = [EXPLAIN, INVENTORY, DIFF, PROVE, PREFLIGHT, MISSING];

/** Runs the program. Never throws, whatever its input. @returns The exit code: 2 where the usage is wrong or input cannot be read */
export async function main(args: string[], terminal: Terminal = PROCESS): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version') return say(terminal, `${ownVersion()}\n`);
  if (name === '--help' || name === '-h') return say(terminal, overview());
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) {
    const wrong = name === undefined ? 'No command given.' : `There is no command ${name}.`;
    terminal.err(`${wrong}\n\n${overview()}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) return say(terminal, helpOf(command));
  try {
    return await command.run(read(command, rest), terminal);
  } catch (error) {
    const { message } = error as Error;
    terminal.err(error instanceof UsageError ? `${message}\n\n${helpOf(command)}` : `${message}\n`);
    return 2;
  }
}

function say(terminal: Terminal, text: string): number {
  terminal.out(text);
  return 0;
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const rows = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: cdk8s-istio-egress COMMAND [options]

${rows.join('\n')}

cdk8s-istio-egress COMMAND --help says more; --version prints the version.
Exit codes: 0 is good, 1 is what the command looks for, 2 is a wrong usage, or input that is missing or cannot be read.
`;
}

/** Runs the program as this process. A reader that goes away early, as `head` does, is no failure, and changes no exit code. */
export async function run(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  process.exitCode = await main(process.argv.slice(2));
}

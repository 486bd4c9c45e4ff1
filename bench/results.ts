import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** What a part measured: as data, and as tables in Markdown for the documentation. */
export interface Results {
  readonly data: object;
  readonly tables: string;
}

/** Prints what was measured and writes it to `bench/results`, with what the machine was. */
export function writeResults(part: string, { data, tables }: Results): void {
  const machine = {
    cpu: cpus()[0].model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const on = `Measured on ${machine.cores} cores of ${machine.cpu.trim()} with ${machine.memoryGiB} GiB and Node ${machine.node}.`;
  const file = (extension: string) => join(__dirname, 'results', `${part}.${extension}`);
  writeFileSync(file('json'), `${JSON.stringify({ machine, ...data }, rounded, 2)}\n`);
  writeFileSync(file('md'), `${on}\n\n${tables}\n`);
}

/** Digits beyond what a repetition would give say nothing. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}

/** A table in Markdown; numbers of all columns but the first are aligned to the right. */
export function table(columns: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map((_, index) => (index ? '--:' : '---'))), ...rows.map(line)].join('\n');
}

/** What a table of goals says of one. */
export const reached = (is: number, atMost: number): string => (is <= atMost ? 'yes' : '**no**');

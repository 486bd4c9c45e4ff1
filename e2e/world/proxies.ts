import { closeSync, existsSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AccessLogLine } from '../bed/access-log';
import { FILES } from '../bed/layout';

/** A line of an access log, and whose it is. */
export interface Hop {
  /** `namespace/pod`. */
  readonly pod: string;
  readonly line: AccessLogLine;
}

/** Where the logs of all proxies end now. */
export type LogMark = Map<string, number>;

function logs(): [pod: string, file: string][] {
  return readdirSync(FILES.pods)
    .map((directory): [string, string] => [directory.replace('.', '/'), join(FILES.pods, directory, 'proxy/proxy.log')])
    .filter(([, file]) => existsSync(file));
}

/** Remembers where the logs end, so that a reader sees only what comes after. */
export function markLogs(): LogMark {
  return new Map(logs().map(([, file]) => [file, statSync(file).size]));
}

function readFrom(file: string, start: number): string {
  const size = statSync(file).size;
  if (size <= start) return '';
  const buffer = Buffer.alloc(size - start);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, buffer, 0, buffer.length, start);
  closeSync(descriptor);
  return buffer.toString('utf8');
}

function parse(line: string): AccessLogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const fields = Object.entries(JSON.parse(line)).filter(([, value]) => value !== null && value !== '-');
    const { source, ...known } = Object.fromEntries(fields) as unknown as AccessLogLine;
    return known.from?.startsWith('envoy://') ? { ...known, from: source } : known;
  } catch {
    return undefined; // not written to its end yet
  }
}

/** The access log lines of all proxies since a mark. */
export function linesSince(mark: LogMark): Hop[] {
  return logs().flatMap(([pod, file]) =>
    readFrom(file, mark.get(file) ?? 0)
      .split('\n')
      .map(parse)
      .filter((line): line is AccessLogLine => line?.start !== undefined)
      .map((line) => ({ pod, line })),
  );
}

/**
 * The lines of one call in the order of its hops. A line belongs to it by the call's id, or by addresses where no header can be read:
 * what one proxy sent from is where the next one was called from.
 */
export function hopsOf(id: string, from: string | undefined, lines: Hop[]): Hop[] {
  const hops: Hop[] = [];
  let last = from;
  for (;;) {
    const rest = lines.filter((hop) => !hops.includes(hop));
    const next =
      rest.find(({ line }) => last && line.from === last && (!line.call || line.call === id)) ??
      rest.find(({ line }) => line.call === id);
    if (!next) return hops;
    hops.push(next);
    last = next.line.out;
  }
}

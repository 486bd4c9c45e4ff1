import { BY_HAND, OURS } from './ways';
import { figure, ratio, readable } from '../figures';
import { table } from '../results';

/** What one run of calls took. */
interface Run {
  readonly calls: number;
  /** Milliseconds that half of the calls, and all but one of a hundred, stay below. */
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
}

/** The runs of a way, with one connection and with several. */
export interface Measured {
  readonly pattern: string;
  readonly way: string;
  readonly runs: Run[][];
}

/** The figures of all runs, as data and as a table. */
export function summary(measured: Measured[]): { data: object; tables: string } {
  const rows = measured.map((one) => row(one, measured));
  const shown = rows.map(({ pattern, way, milliseconds, perSecond, toDirect, toHandWritten }) => [
    `${pattern}: ${way}`,
    readable(milliseconds.p50),
    readable(toDirect.p50),
    readable(toDirect.p99),
    perSecond.median.toFixed(0),
    readable(toDirect.perSecond),
    toHandWritten ? readable(toHandWritten.p50) : '',
    toHandWritten ? readable(toHandWritten.perSecond) : '',
  ]);
  const columns = [
    '',
    'p50, ms',
    'p50 ÷ direct',
    'p99 ÷ direct',
    'calls/s, 16 connections',
    'calls/s ÷ direct',
    'p50 ÷ hand-written',
    'calls/s ÷ hand-written',
  ];
  return { data: { rows }, tables: table(columns, shown) };
}

function row(one: Measured, measured: Measured[]) {
  const same = measured.filter(({ pattern }) => pattern === one.pattern);
  const byHand = same.find(({ way }) => way === BY_HAND)!;
  const [single, several] = one.runs;
  return {
    pattern: one.pattern,
    way: one.way,
    rounds: single.length,
    milliseconds: { p50: figure(single.map(({ p50 }) => p50)), p99: figure(single.map(({ p99 }) => p99)) },
    perSecond: figure(several.map(({ perSecond }) => perSecond)),
    toDirect: compare(one, same[0]),
    toHandWritten: one.way === OURS ? compare(one, byHand) : undefined,
  };
}

function compare(one: Measured, peer: Measured) {
  const of = (connections: number, value: keyof Run) =>
    ratio(
      one.runs[connections].map((run) => run[value]),
      peer.runs[connections].map((run) => run[value]),
    );
  return { p50: of(0, 'p50'), p99: of(0, 'p99'), perSecond: of(1, 'perSecond') };
}

import { Measured, Run } from './measured';
import { figure, Figure, ratio, readable } from '../figures';
import { reached, table } from '../results';

type Cost = keyof Run;
const COSTS: Cost[] = ['time', 'work'];

/** The figures of all runs, as data and as tables. */
export function summary(measured: Measured[]): { data: object; tables: string } {
  const rows = measured.map((one) => ({
    case: one.name,
    peer: one.peer,
    time: compare(one, 'time', measured),
    work: compare(one, 'work', measured),
  }));
  const goals = measured.flatMap((one) => goalsOf(one, measured));
  const heads = COSTS.flatMap((cost) => [`${cost}, ms`, 'ms more', 'ratio']);
  const cells = rows.map((row) => [
    row.case,
    ...COSTS.flatMap((cost) => {
      const { milliseconds, more, over } = row[cost];
      return [readable(milliseconds, 0), more ? readable(more, 0) : '', over ? readable(over) : ''];
    }),
  ]);
  const goalCells = goals.map(({ goal, is, atMost }) => [goal, readable(is), atMost, reached(is.median, atMost)]);
  return {
    data: { rounds: measured[0].runs.length, rows, goals },
    tables: `${table(['', ...heads], cells)}\n\n**Goals**\n\n${table(['', 'is', 'at most', 'reached'], goalCells)}`,
  };
}

interface Comparison {
  readonly milliseconds: Figure;
  /** Milliseconds more than its peer. */
  readonly more?: Figure;
  readonly over?: Figure;
}

/** Runs of one round are compared with each other. */
function compare(one: Measured, cost: Cost, measured: Measured[]): Comparison {
  const values = one.runs.map((run) => run[cost]);
  const peers = measured.find(({ name }) => name === one.peer)?.runs.map((run) => run[cost]);
  return {
    milliseconds: figure(values),
    more: peers && figure(values.map((value, round) => value - peers[round])),
    over: peers && ratio(values, peers),
  };
}

function goalsOf(one: Measured, measured: Measured[]): { goal: string; is: Figure; atMost: number }[] {
  return COSTS.flatMap((cost) => {
    const { more, over } = compare(one, cost, measured);
    const goal = (is: Figure, atMost: number, unit: string) => [
      { goal: `${one.name}: ${unit} ${one.peer}, ${cost}`, is, atMost },
    ];
    return [
      ...(one.atMostMore ? goal(more!, one.atMostMore, 'milliseconds more than') : []),
      ...(one.atMostRatio ? goal(over!, one.atMostRatio, 'over') : []),
    ];
  });
}

/** A figure of several runs. */
export interface Figure {
  readonly median: number;
  readonly spread: [least: number, most: number];
}

/** The median of several runs and between what they lie. */
export function figure(values: number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, spread: [sorted[0], sorted[sorted.length - 1]] };
}

/**
 * How much more than its peer something takes. Runs are compared with the peer's run of the same round, so that a slow moment of
 * the machine meets both.
 */
export function ratio(values: number[], peers: number[]): Figure {
  return figure(values.map((value, round) => value / peers[round]));
}

/** A figure as people read it: `1.25 (1.20–1.31)`. */
export function readable({ median, spread }: Figure, digits = 2): string {
  const [least, most] = spread.map((value) => value.toFixed(digits));
  return least === most ? median.toFixed(digits) : `${median.toFixed(digits)} (${least}–${most})`;
}

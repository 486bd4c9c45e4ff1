/** A process that is measured. */
export interface Case {
  readonly name: string;
  /** Arguments of Node, in the root of the repository. */
  readonly args: string[];
  /** By what it is divided. */
  readonly peer?: string;
  /** How many milliseconds more than its peer it may take. */
  readonly atMostMore?: number;
  /** How many times as long as its peer it may take. */
  readonly atMostRatio?: number;
}

/** What one process took, in milliseconds. */
export interface Run {
  /** Until its end. */
  readonly time: number;
  /** Of the processors, which says more on a busy machine. */
  readonly work: number;
}

/** The runs of a case. */
export type Measured = Case & { readonly runs: Run[] };

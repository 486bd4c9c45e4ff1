/** Messages of `istioctl analyze` that an example may cause: the exact line, and why it is right here. */
const REASONS: Record<string, { line: string; reason: string }[]> = {};

const ALL_IS_WELL = /^\s*✔ No validation issues found when analyzing (all namespaces|-)\.$/;

/** The lines that `istioctl analyze` prints beyond "all is well" and those with a reason. */
export function unexplained(example: string, output: string): string[] {
  const known = (REASONS[example] ?? []).map(({ line }) => line);
  return output
    .split('\n')
    .filter((line) => line.trim() && !ALL_IS_WELL.test(line))
    .filter((line) => !known.includes(line));
}

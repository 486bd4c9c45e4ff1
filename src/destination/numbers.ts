import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressError } from '../errors';

/** @throws SettingRange */
export function checkWholeNumber(
  scope: Construct,
  property: string,
  value: number,
  [from, to]: [number, number],
): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new EgressError('SettingRange', scope, {
    what: `\`${property}\` is out of range`,
    given: value,
    allowed: `a whole number from ${from} to ${to}`,
    fix: `choose another \`${property}\``,
  });
}

/** In the form of Istio's durations. @throws SettingRange if it is shorter than a millisecond, Istio's smallest */
export function checkDuration(scope: Construct, property: string, value: Duration): string {
  const milliseconds = value.toMilliseconds({ integral: false });
  if (milliseconds >= 1) return `${Math.round(milliseconds) / 1000}s`;
  throw new EgressError('SettingRange', scope, {
    what: `\`${property}\` is too short`,
    given: `${milliseconds} ms`,
    allowed: 'from 1 ms',
    fix: `choose another \`${property}\`, or leave it out`,
  });
}

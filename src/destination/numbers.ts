import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressError } from '../errors';

/** @throws OutOfRange */
export function checkWholeNumber(
  scope: Construct,
  property: string,
  value: number,
  [from, to]: [number, number],
): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new EgressError('OutOfRange', scope, {
    what: `\`${property}\` is out of range`,
    given: value,
    allowed: `a whole number from ${from} to ${to}`,
    fix: `choose another \`${property}\``,
  });
}

/** The longest duration that is accepted: a year. Without a limit the setting is left out. */
const LONGEST = Duration.days(365).toMilliseconds();

/**
 * In the form of Istio's durations.
 * @throws WrongType; OutOfRange if it is shorter than a millisecond, Istio's smallest, or longer than a year
 */
export function checkDuration(scope: Construct, property: string, value: Duration): string {
  const milliseconds = millisecondsOf(value);
  if (milliseconds === undefined) {
    throw new EgressError('WrongType', scope, {
      what: `\`${property}\` is no Duration`,
      given: value,
      allowed: 'a Duration of cdk8s, as Duration.seconds(10)',
      fix: `correct \`${property}\`, or leave it out`,
    });
  }
  if (milliseconds >= 1 && milliseconds <= LONGEST) return `${Math.round(milliseconds) / 1000}s`;
  throw new EgressError('OutOfRange', scope, {
    what: `\`${property}\` is ${milliseconds > LONGEST ? 'too long' : 'too short: Istio takes less than a millisecond for "no limit"'}`,
    given: `${milliseconds} ms`,
    allowed: 'from 1 ms to a year',
    fix: `choose another \`${property}\`, or leave it out`,
  });
}

/** Whether it has the methods of a `Duration`: a second copy of cdk8s has a class of its own. */
function millisecondsOf(value: unknown): number | undefined {
  try {
    const milliseconds: unknown = (value as Duration).toMilliseconds({ integral: false });
    return typeof milliseconds === 'number' ? milliseconds : undefined;
  } catch {
    return undefined;
  }
}

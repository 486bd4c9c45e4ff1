import { Way } from './way';

/** Whether a text is a day of the calendar, as 2026-12-01. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/**
 * The ways whose end is on a day or before it.
 *
 * @throws Error where an end is no day: nobody would ever be told of it
 */
export function expiredOn(day: string, ways: Way[]): Way[] {
  return ways.filter(({ caller, host, notes }) => {
    if (notes?.expires === undefined) return false;
    const end = notes.expires.slice(0, 10);
    if (!isDay(end)) {
      throw new Error(`The way of ${caller} to ${host} expires '${notes.expires}', which is no day as 2026-12-01.`);
    }
    return end <= day;
  });
}

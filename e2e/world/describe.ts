import { CallResult } from './call';

function compact(object: object): string {
  return Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ');
}

/** What happened to a call, for a reader who has to find out why. */
export function describe(result: CallResult): string {
  const { call, pod, status, failure, message, http, body, received, from } = result;
  const lines = [
    `call     ${call.method ?? 'GET'} ${call.url} from ${pod}${from ? ` (${from})` : ''}`,
    `answer   ${failure ? `${failure}: ${message}` : `${status ?? ''} HTTP/${http ?? '-'} ${(body ?? '').slice(0, 200)}`}`,
    ...(received === undefined ? [] : [`received ${received} bytes`]),
    ...(result.hops.length ? [] : ['proxies  none logged it']),
    ...result.hops.map((hop) => `proxy    ${hop.pod}: ${compact(hop.line)}`),
    ...result.dropped.map(
      ({ pod: held, drop }) =>
        `dropped  by NetworkPolicies of ${held}: ${drop.protocol} from ${drop.from} to ${drop.to}:${drop.port}`,
    ),
    ...(result.seen.length ? [] : ['outside  nothing arrived']),
    ...result.seen.map((record) => `outside  ${compact({ ...record, at: undefined })}`),
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}

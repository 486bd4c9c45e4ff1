import { LogLine, said } from './log-line';

/**
 * The beginning and the end of Istio's default text format. Quotes inside of fields are not escaped, so that what a caller can
 * write as it likes, such as its user agent, is not read: it lies between the two.
 *
 * @see EnvoyTextLogFormat in istio/istio, pilot/pkg/model/telemetry_logging.go
 */
const HEAD = /^\[[^\]]+\] "(?<method>\S+) \S+ \S+" \d+ \S+ (?<details>\S+) (?<termination>\S+) "/;
const TAIL = /^ (?<cluster>\S+) \S+ (?<destination>\S+) \S+ (?<serverName>\S+) (?<route>.+)$/;

/** A line of the default text format; undefined for anything else. */
export function readText(text: string): LogLine | undefined {
  const quoted = text.split('"');
  const head = HEAD.exec(text)?.groups;
  const tail = TAIL.exec(quoted.at(-1)!)?.groups;
  if (!head || !tail) return undefined;
  return {
    method: said(head.method),
    details: said(head.details),
    termination: said(head.termination),
    authority: said(quoted.at(-4)),
    cluster: said(tail.cluster),
    destination: said(tail.destination),
    serverName: said(tail.serverName),
    route: said(tail.route),
  };
}

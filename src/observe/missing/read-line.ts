import { readJson } from './json-format';
import { LogLine } from './log-line';
import { readText } from './text-format';

/** What container runtimes, `kubectl logs --prefix` and `--timestamps` put in front. */
const IN_FRONT = /^(\[pod\/[^\]]+\] )?(\d{4}-\d\d-\d\dT\S+ )?(std(out|err) [FP] )?/;

/** Where collectors of logs put the line itself. */
const WRAPPERS = ['log', 'message', 'msg', 'line'];

/** A line of an access log, as far as it is one. Never throws. */
export function readLine(text: string): LogLine | undefined {
  const line = text.replace(IN_FRONT, '').trim();
  if (!line.startsWith('{')) return readText(line);
  let object;
  try {
    object = JSON.parse(line);
  } catch {
    return undefined;
  }
  const wrapped = WRAPPERS.map((name) => object[name]).find((value) => typeof value === 'string');
  return readJson(object) ?? (wrapped === undefined ? undefined : within(object, wrapped));
}

/** What collectors know of the pod besides. */
function within({ kubernetes }: any, wrapped: string): LogLine | undefined {
  const line = readLine(wrapped);
  return line && { ...line, namespace: line.namespace ?? kubernetes?.namespace_name };
}

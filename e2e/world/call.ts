import { randomUUID } from 'node:crypto';
import { Hop, hopsOf, linesSince, markLogs } from './proxies';
import { Answer, Call } from '../bed/app/call';
import { InternetRecord } from '../bed/internet/record';
import { ProxyRole } from '../bed/kubelet/injection';
import { FILES, SERVICE_RANGE, appSocket } from '../bed/layout';
import { eventually } from '../bed/poll';
import { ask } from '../bed/socket';

/** A call to make from a workload. */
export interface CallOptions extends Omit<Call, 'id'> {
  /** `namespace/workload`. */
  readonly from: string;
}

/** What came of a call: as its caller, the proxies on the way and the servers outside saw it. */
export interface CallResult extends Answer {
  readonly id: string;
  readonly call: CallOptions;
  /** The caller's pod, `namespace/pod`. */
  readonly pod: string;
  /** What takes over its calls. @default - nothing: it has no proxy */
  readonly ownProxy?: ProxyRole;
  /** The proxies that it passed, by their access logs. */
  readonly hops: Hop[];
  /** What external servers saw of it. */
  readonly seen: InternetRecord[];
}

/** Pods by address, with their proxies, for telling who a proxy sent a call to. */
export type PodsByAddress = Map<string, { readonly pod: string; readonly proxy?: ProxyRole }>;

/** Proxies write their logs within 20 ms; what they do not log at all is waited for in vain. */
const LOGS = { within: 800, every: 15 };

const addressOf = (endpoint: string | undefined) => endpoint?.split(':')[0];

/** Whether a connection of a caller without proxy ends at a proxy: a gateway's pod, or a Service that may have one. */
function leadsToProxy(to: string | undefined, pods: PodsByAddress): boolean {
  const address = addressOf(to) ?? '';
  const known = pods.get(address);
  return known ? Boolean(known.proxy) : address.startsWith(SERVICE_RANGE.split('.', 2).join('.'));
}

/** Whether the logs of a call are complete: its last line leads nowhere, or out of the mesh. */
function isComplete(answer: Answer, hops: Hop[], pods: PodsByAddress): boolean {
  const last = hops.at(-1);
  if (!last) {
    // Without a connection there is nothing to log.
    return !answer.from || (!pods.get(addressOf(answer.from)!)?.proxy && !leadsToProxy(answer.to, pods));
  }
  const next = pods.get(addressOf(last.line.to) ?? '');
  return !next?.proxy || next.pod === last.pod;
}

/** Makes a call and gathers what everybody saw of it. Calls must not overlap: what arrives outside meanwhile counts as its own. */
export async function makeCall(options: CallOptions, pod: string, pods: PodsByAddress): Promise<CallResult> {
  const id = `call-${randomUUID().slice(0, 8)}`;
  const mark = markLogs();
  const { records: before } = await ask<{ records: number }>(FILES.internet, '/count');
  const { from: _, ...call } = options;
  const [namespace, name] = pod.split('/');
  const answer = await ask<Answer>(appSocket(namespace, name), '/', { ...call, id });
  const gather = () => hopsOf(id, answer.from, linesSince(mark));
  await eventually('the access logs', () => isComplete(answer, gather(), pods), LOGS).catch(() => undefined);
  const hops = gather();
  const records = await ask<InternetRecord[]>(FILES.internet, `/records/${before}`);
  const seen = records.filter((record) => !record.call || record.call === id);
  const ownProxy = [...pods.values()].find((known) => known.pod === pod)?.proxy;
  return { ...answer, id, call: options, pod, ownProxy, hops, seen };
}

/** Whether an external server answered. */
export function isAnswered(result: CallResult): boolean {
  const fromOutside =
    result.headers?.['x-bed-upstream'] === 'yes' || result.status === 101 || result.trailers?.['grpc-status'] === '0';
  return fromOutside || (result.failure === undefined && result.status === undefined && result.body !== undefined);
}

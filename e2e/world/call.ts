import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Hop, hopsOf, linesSince, markLogs } from './proxies';
import { Answer, Call } from '../bed/app/call';
import { InternetRecord } from '../bed/internet/record';
import { ProxyRole } from '../bed/kubelet/injection';
import { Drop, drops, forgetDrops } from '../bed/kubelet/network-policies/drops';
import { FILES, SERVICE_RANGE, appSocket, podNetns } from '../bed/layout';
import { eventually } from '../bed/poll';
import { run } from '../bed/process';
import { ask } from '../bed/socket';

/** A call to make from a workload. */
export interface CallOptions extends Omit<Call, 'id'> {
  /** `namespace/workload`. */
  readonly from: string;
  /**
   * Whose process makes it: the application, or one with the user of the pod's proxy, whose traffic nothing captures. The latter can call
   * from a gateway's pod too. @default application
   */
  readonly as?: 'application' | 'proxy';
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
  /** What NetworkPolicies did not let pass meanwhile, of the pods that it passed: whose they are, `namespace/pod`, and what it was. */
  readonly dropped: { readonly pod: string; readonly drop: Drop }[];
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
function isComplete(answer: Answer, isCaptured: boolean, hops: Hop[], pods: PodsByAddress): boolean {
  const last = hops.at(-1);
  if (!last) {
    // Without a connection there is nothing to log.
    return !answer.from || (!isCaptured && !leadsToProxy(answer.to, pods));
  }
  const next = pods.get(addressOf(last.line.to) ?? '');
  return !next?.proxy || next.pod === last.pod;
}

/** The call in a process of its own, which becomes the proxy's user. */
async function callAsProxy(pod: string, call: Call): Promise<Answer> {
  const [namespace, name] = pod.split('/');
  const command = [process.execPath, join(FILES.app, 'once.js')];
  const { stdout } = await run(['ip', 'netns', 'exec', podNetns(namespace, name), ...command], {
    input: JSON.stringify(call),
  });
  return JSON.parse(stdout) as Answer;
}

/** What was dropped of the connections of pods on the way, and whose policies did it. */
function onTheWay(dropped: Drop[], way: string[], pods: PodsByAddress): CallResult['dropped'] {
  return dropped
    .filter(({ from }) => way.includes(pods.get(from)?.pod ?? ''))
    .map((drop) => ({ drop, pod: pods.get(drop[drop.at])?.pod ?? drop[drop.at] }));
}

/** Makes a call and gathers what everybody saw of it. Calls must not overlap: what arrives outside meanwhile counts as its own. */
export async function makeCall(options: CallOptions, pod: string, pods: PodsByAddress): Promise<CallResult> {
  const id = `call-${randomUUID().slice(0, 8)}`;
  const mark = markLogs();
  const { records: before } = await ask<{ records: number }>(FILES.internet, '/count');
  await forgetDrops();
  const { from: _, as, ...rest } = options;
  const call = { ...rest, id };
  const [namespace, name] = pod.split('/');
  const ownProxy = as === 'proxy' ? undefined : [...pods.values()].find((known) => known.pod === pod)?.proxy;
  const answer =
    as === 'proxy' ? await callAsProxy(pod, call) : await ask<Answer>(appSocket(namespace, name), '/', call);
  const gather = () => hopsOf(id, answer.from, linesSince(mark));
  const isWhole = () => isComplete(answer, Boolean(ownProxy), gather(), pods);
  await eventually('the access logs', isWhole, LOGS).catch(() => undefined);
  const hops = gather();
  const records = await ask<InternetRecord[]>(FILES.internet, `/records/${before}`);
  const seen = records.filter((record) => !record.call || record.call === id);
  const dropped = onTheWay(await drops(), [pod, ...hops.map((hop) => hop.pod)], pods);
  return { ...answer, id, call: options, pod, ownProxy, hops, seen, dropped };
}

/** Whether an external server answered. */
export function isAnswered(result: Answer): boolean {
  const fromOutside =
    result.headers?.['x-bed-upstream'] === 'yes' || result.status === 101 || result.trailers?.['grpc-status'] === '0';
  return fromOutside || (result.failure === undefined && result.status === undefined && result.body !== undefined);
}

import { METHODS } from 'node:http';
import { Asked, Said } from './ask';
import { Answer } from '../bed/app/call';
import { InternetRecord, InternetServer } from '../bed/internet/record';

/** What really became of a call. */
export interface Happened {
  readonly answer: Answer;
  /** What servers outside saw of it. */
  readonly arrivals: InternetRecord[];
}

/** The bed, as far as it explains what happened. */
export interface Around {
  /** Pods by address, `namespace/workload`. */
  readonly pods: ReadonlyMap<string, string>;
  readonly servers: InternetServer[];
}

/** In what the engine and real proxies disagree about a call; undefined if they agree. */
export function disagreement(call: Asked, said: Said, happened: Happened, around: Around): string | undefined {
  const [record] = happened.arrivals;
  if (said.verdict === 'depends') return undefined;
  if (!record) return withoutArrival(call, said, happened.answer, around);
  const { arrives } = said;
  if (said.verdict !== 'allowed' || !arrives) return `says ${said.verdict} (${said.reason}), and it arrived`;
  const seen = {
    from: around.pods.get(record.from.split(':')[0]),
    port: record.port,
    tls: Boolean(record.tls),
    isThere: around.servers.some(({ name, addresses, hosts }) =>
      name === record.server
        ? addresses.includes(arrives.host) || hosts.some((host) => isOf(host, arrives.host))
        : false,
    ),
  };
  const told = { from: arrives.from, port: arrives.port, tls: arrives.encryption !== 'none', isThere: true };
  if (JSON.stringify(seen) !== JSON.stringify(told)) {
    return `says ${JSON.stringify({ ...told, host: arrives.host })}, and it was ${JSON.stringify({ ...seen, server: record.server })}`;
  }
  // What no proxy read, the server may read otherwise.
  return arrives.from === call.from ? undefined : inRequest(arrives, record);
}

/** A name that a wildcard covers is that wildcard's server. */
const isOf = (host: string, name: string) =>
  host.startsWith('*.') ? name.endsWith(host.slice(1)) || name === host : host === name;

/** What the server read of a request that a proxy read before. */
function inRequest(arrives: NonNullable<Said['arrives']>, record: InternetRecord): string | undefined {
  if (
    arrives.encryption === 'exit' &&
    record.tls?.sni !== undefined &&
    record.tls.sni.toLowerCase() !== arrives.serverName?.toLowerCase()
  ) {
    return `says server name ${arrives.serverName}, and it was ${record.tls.sni}`;
  }
  if (arrives.authority === undefined || record.host === undefined || arrives.encryption === 'caller') return undefined;
  const told = [arrives.method, arrives.authority.toLowerCase(), arrives.target].join(' ');
  const seen = [record.method, record.host.toLowerCase(), record.path].join(' ');
  return told === seen ? undefined : `says ${told}, and it was ${seen}`;
}

function withoutArrival(call: Asked, said: Said, answer: Answer, around: Around): string | undefined {
  if (said.verdict === 'allowed') {
    if (!said.arrives?.outside || isRefusedThere(call, said, around)) return undefined;
    if (answer.failure === 'tls') return undefined; // the caller does not like the certificate that it saw
    // What the server outside, or the caller itself, cannot read or write is no record. A proxy names itself in its answers.
    const isStraight = said.arrives.from === call.from || answer.failure === 'other';
    if (isStraight && answer.headers?.server === undefined) return undefined;
    return `says allowed (${said.reason}), and it did not arrive: ${answer.status ?? answer.failure} ${answer.message ?? ''}`;
  }
  // Whoever ended it tells the caller the same.
  const isTold = said.status !== undefined && answer.status !== undefined && /^http:|^grpc:|^ws:/.test(call.url);
  if (isTold && said.status !== answer.status) {
    return `says ${said.status} (${said.reason}), and it was ${answer.status}`;
  }
  return undefined;
}

/** Whether the server outside takes no such call: it serves another name, or nothing on that port. */
function isRefusedThere(call: Asked, { arrives }: Said, { servers }: Around): boolean {
  const at = servers.find(
    ({ hosts, addresses }) => addresses.includes(arrives!.host) || hosts.some((host) => isOf(host, arrives!.host)),
  );
  const port = at?.ports.find((one) => one.port === arrives!.port);
  if (!at || !port) return true;
  const speaksTls = port.protocol === 'https' || port.protocol === 'tls';
  if (speaksTls !== (arrives!.encryption !== 'none')) return true;
  const name = arrives!.encryption === 'none' ? undefined : arrives!.serverName;
  if (name !== undefined && !at.hosts.some((host) => isOf(host, name))) return true;
  // Node, which the bed's servers are written in, knows fewer methods than Envoy.
  if (port.protocol.startsWith('http') && arrives!.method && !METHODS.includes(arrives!.method)) return true;
  // What is no request, it does not answer.
  return call.url.startsWith('tcp:') && port.protocol !== 'tcp';
}

import { Answer, Call, bedError, failureOf } from './call';
import { Trace } from './connection';
import { datagram } from './datagram';
import { http1 } from './http1';
import { http2 } from './http2';
import { stream } from './stream';

async function make(call: Call, trace: Trace): Promise<Answer> {
  const scheme = call.url.split(':')[0];
  if (scheme === 'udp') return datagram(call, trace);
  if (scheme === 'tcp' || scheme === 'tls') return stream(call, trace);
  return call.http === '2' || scheme.startsWith('grpc') ? http2(call, trace) : http1(call, trace);
}

/** Makes a call to its end, and tells what came of it. */
export async function answer(call: Call): Promise<Answer> {
  const trace: Trace = {};
  let timer: NodeJS.Timeout | undefined;
  const patience = call.timeout ?? 10_000;
  const timeout = new Promise<never>((_, reject) => {
    const late = () => reject(bedError('BED_TIMEOUT', `no answer in ${patience} ms`));
    timer = setTimeout(late, patience);
  });
  try {
    return { ...(await Promise.race([make(call, trace), timeout])), to: trace.to };
  } catch (error) {
    return { failure: failureOf(error as Error), message: (error as Error).message, from: trace.from, to: trace.to };
  } finally {
    clearTimeout(timer);
    trace.end?.();
  }
}

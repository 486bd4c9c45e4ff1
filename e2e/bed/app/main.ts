/**
 * The application of a pod: answers on the ports that its containers declare, and makes calls when it is told to. It runs inside the
 * pod's network, so its calls are captured as any application's are.
 */
import { createServer } from 'node:http';
import { Answer, Call, bedError, failureOf } from './call';
import { Trace } from './connection';
import { http1 } from './http1';
import { http2 } from './http2';
import { Load, runLoad } from './load';
import { stream } from './stream';

const [socketPath, ports] = process.argv.slice(2);

async function make(call: Call, trace: Trace): Promise<Answer> {
  const scheme = call.url.split(':')[0];
  if (scheme === 'tcp' || scheme === 'tls') return stream(call, trace);
  return call.http === '2' || scheme.startsWith('grpc') ? http2(call, trace) : http1(call, trace);
}

async function answer(call: Call): Promise<Answer> {
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

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const told = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    const work = request.url === '/load' ? runLoad(told as Load, answer) : answer(told as Call);
    void work.then((result) => response.end(JSON.stringify(result)));
  });
}).listen(socketPath);

for (const port of ports.split(',').filter(Boolean)) {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ path: request.url, headers: request.headers }));
  });
  server.listen(Number(port));
}

process.on('uncaughtException', (error) => process.stderr.write(`${error.stack}\n`)); // a broken connection is an answer, not the end

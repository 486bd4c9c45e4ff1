/**
 * Calls one URL over and over, each connection when it has its answer: `load.ts URL CONNECTIONS MILLISECONDS`. Runs in a pod's
 * network. Prints what the calls took as JSON; the first quarter of the time is to warm up, and counts for nothing.
 */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, get as getHttp } from 'node:http';
import { Agent as HttpsAgent, get as getHttps } from 'node:https';
import { connect, Socket } from 'node:net';

const [target, count, duration] = process.argv.slice(2);
const url = new URL(target);
const connections = Number(count);

type Call = () => Promise<void>;

/** One call on a connection that is kept. */
function httpCall(): Call {
  const options = { keepAlive: true, maxSockets: connections };
  // A pod's own /etc names the authorities that it trusts; nothing is read before the process is in there.
  const ca = () => readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8');
  const [get, agent] =
    url.protocol === 'https:'
      ? [getHttps, new HttpsAgent({ ...options, ca: ca() })]
      : [getHttp, new HttpAgent(options)];
  return async () =>
    new Promise((resolve, reject) => {
      const request = get(url, { agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        response.resume();
        response.on('end', resolve);
      });
      request.on('error', reject);
    });
}

/** One message and its echo. */
function tcpCall(socket: Socket): Call {
  return async () =>
    new Promise((resolve) => {
      socket.once('data', () => resolve());
      socket.write('hello\n');
    });
}

async function tcpCaller(): Promise<Call> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  socket.on('close', () => {
    throw new Error('the connection was closed');
  });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return tcpCall(socket);
}

async function main() {
  const shared = url.protocol === 'tcp:' ? undefined : httpCall();
  const took: number[] = [];
  const start = performance.now();
  const warm = start + Number(duration) / 4;
  const end = start + Number(duration);
  const loop = async () => {
    const call = shared ?? (await tcpCaller());
    for (let begin = performance.now(); begin < end; begin = performance.now()) {
      await call();
      if (begin >= warm) took.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  took.sort((a, b) => a - b);
  const quantile = (part: number) => took[Math.min(took.length - 1, Math.floor(took.length * part))];
  const perSecond = (took.length / (end - warm)) * 1000;
  console.log(JSON.stringify({ calls: took.length, p50: quantile(0.5), p99: quantile(0.99), perSecond }));
  process.exit();
}

void main();

import { request } from 'node:http';
import { connect } from 'node:net';
import { binariesOf, inContainer, userOf } from './container';
import { PROXY, ProxyRole } from './injection';
import { KubeObject } from '../api';
import { Parts } from '../parts';
import { run } from '../process';

/** Asks a pod's port, as a kubelet does: any status from 200 to 399 is a yes. */
async function httpGet(
  address: string,
  port: number,
  { path = '/', httpHeaders = [] }: { path?: string; httpHeaders?: { name: string; value: string }[] },
  timeout: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request({
      host: address,
      port,
      path,
      timeout,
      agent: false,
      headers: {
        'user-agent': 'kube-probe/bed',
        ...Object.fromEntries(httpHeaders.map(({ name, value }) => [name.toLowerCase(), value])),
      },
    });
    outgoing.on('response', (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 400);
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(false));
    outgoing.on('close', () => resolve(false));
    outgoing.end();
  });
}

async function tcpSocket(address: string, port: number, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
  });
}

function portNumber(container: any, port: number | string): number {
  if (typeof port === 'number') return port;
  return container.ports?.find((named: any) => named.name === port)?.containerPort ?? Number(port);
}

/** Runs a command in a container, as a kubelet does: it is ready when the command ends well in time. */
async function exec(
  pod: KubeObject,
  container: any,
  command: string[],
  timeout: number,
  parts: Parts,
): Promise<boolean> {
  const role = container.name === PROXY ? (pod.metadata.annotations?.['bed/proxy'] as ProxyRole) : undefined;
  const binaries = role ? binariesOf(role, parts) : {};
  const { code } = await run(inContainer(pod, userOf(pod, container), binaries, command), { timeout, mayFail: true });
  return code === 0;
}

/** Whether a container's readiness probe succeeds now. A container without one is ready. */
async function probe(pod: KubeObject, container: any, address: string, parts: Parts): Promise<boolean> {
  const { httpGet: http, tcpSocket: tcp, grpc, exec: told, timeoutSeconds } = container.readinessProbe ?? {};
  const timeout = (timeoutSeconds ?? 1) * 1000;
  if (http) return httpGet(address, portNumber(container, http.port), http, timeout);
  if (tcp) return tcpSocket(address, portNumber(container, tcp.port), timeout);
  if (grpc) return tcpSocket(address, grpc.port, timeout);
  if (told) return exec(pod, container, told.command, timeout, parts);
  return !container.readinessProbe;
}

/** Whether the stand-in for ztunnel in a pod knows the mesh. */
export async function probeTunnel(address: string): Promise<boolean> {
  return httpGet(address, 15021, { path: '/healthz/ready' }, 1000);
}

/** Whether every container of a pod is ready now. */
export async function probePod(pod: KubeObject, address: string, parts: Parts): Promise<boolean> {
  const { containers } = pod.spec;
  const answers = await Promise.all(containers.map(async (container: any) => probe(pod, container, address, parts)));
  return answers.every(Boolean);
}

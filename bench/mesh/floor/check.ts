import { clientFloor, CAPTURED } from './client';
import { CALLED, EXIT, isHttp } from './configuration';
import { OwnEnvoy } from './envoy';
import { gatewayFloor } from './gateway';
import { KubeObject } from '../../../e2e/bed/api';
import { PROXY_USER } from '../../../e2e/bed/kubelet/container';
import { podNetns } from '../../../e2e/bed/layout';
import { run } from '../../../e2e/bed/process';
import { CallResult, isAnswered } from '../../../e2e/world/call';
import { ExternalOptions } from '../../../e2e/world/external';
import { Mesh } from '../../../e2e/world/mesh';
import { MESH_HEADERS } from '../../../src/destination/http-headers';
import { addressOf } from '../documentation';
import { CLIENT, hostsOf, Pattern } from '../patterns';

const PROTOCOL: Record<Pattern, 'http' | 'https' | 'tcp'> = {
  http: 'http',
  'tls-origination': 'https',
  'tls-origination-8080': 'https',
  'tls-passthrough': 'https',
  tcp: 'tcp',
};
const STRANGER = { namespace: CLIENT.namespace, name: 'report' };

/**
 * Shows by calls that the floor is no straw man: the account that may call gets through, without headers of the mesh; another one of
 * its namespace does not, nor does anybody to a host that is not listed, or to one whose certificate nobody trusts.
 */
export async function checkFloor(mesh: Mesh, pattern: Pattern): Promise<void> {
  const [host, untrusted, unlisted] = hostsOf(3);
  const port = pattern === 'tcp' ? CALLED.tcp : pattern === 'http' ? 80 : 443;
  const server = (name: string, ca?: 'untrusted'): ExternalOptions => ({
    hosts: [name],
    ca,
    // Who speaks first would be heard by whoever gets a connection through.
    ports: [{ port, protocol: PROTOCOL[pattern], greets: pattern === 'tcp' ? true : undefined }],
  });
  await mesh.external(server(host));
  await mesh.external(server(untrusted, 'untrusted'));
  await mesh.external(server(unlisted));
  await mesh.workload(STRANGER);
  await mesh.ready();
  const hosts = [host, untrusted];
  const podOf = async ({ namespace, name }: { namespace: string; name: string }) =>
    (await mesh.pods(`${namespace}/${name}`))[0];
  const callers = [await podOf({ namespace: CLIENT.namespace, name: CLIENT.workload }), await podOf(STRANGER)];
  const envoys = [await OwnEnvoy.start(await podOf(EXIT), gatewayFloor(pattern, hosts))];
  const call = async (from: string, index: number) =>
    mesh.call({ from: `${CLIENT.namespace}/${from}`, timeout: 4000, ...callTo(pattern, hostsOf(3)[index], index) });
  try {
    for (const pod of callers) {
      envoys.push(await OwnEnvoy.start(pod, clientFloor(pattern, hosts)));
      await capture(pod, 'insert', CALLED[pattern]);
    }
    gotThrough(pattern, await call(CLIENT.workload, 0));
    refused(`${pattern}: another account`, await call(STRANGER.name, 0));
    refused(`${pattern}: a host that is not listed`, await call(CLIENT.workload, 2));
    if (isHttp(pattern) && pattern !== 'http') {
      refused(`${pattern}: a certificate that nobody trusts`, await call(CLIENT.workload, 1));
    }
  } finally {
    for (const pod of callers) await capture(pod, 'delete', CALLED[pattern]).catch(() => undefined);
    for (const envoy of envoys) await envoy.stop();
  }
}

function callTo(pattern: Pattern, host: string, index: number) {
  if (isHttp(pattern)) return { url: `http://${host}:${CALLED[pattern]}/` };
  if (pattern === 'tls-passthrough') return { url: `https://${host}/` };
  return { url: `tcp://${host}:${CALLED.tcp}`, connectTo: { host: addressOf(index) }, body: 'hello' };
}

/** Leads what the application calls on a port to the floor's Envoy, past the rules that lead it to Istio's. */
async function capture({ metadata }: KubeObject, what: 'insert' | 'delete', port: number): Promise<void> {
  const rule = ['OUTPUT', '-p', 'tcp', '--dport', `${port}`, '-m', 'owner', '!', '--uid-owner', `${PROXY_USER}`];
  await run(['iptables', '-t', 'nat', `--${what}`, ...rule, '-j', 'REDIRECT', '--to-ports', `${CAPTURED}`], {
    netns: podNetns(metadata.namespace ?? '', metadata.name),
  });
}

function gotThrough(pattern: Pattern, result: CallResult): void {
  const told = () => JSON.stringify(result, null, 2);
  if (!isAnswered(result)) throw new Error(`the floor of ${pattern} lets no call through: ${told()}`);
  if (!isHttp(pattern)) return;
  const seen = result.seen.flatMap(({ headers = {} }) => Object.keys(headers));
  const internal = seen.filter((name) => MESH_HEADERS.includes(name));
  if (seen.length === 0 || internal.length > 0) throw new Error(`the floor of ${pattern} shows ${internal}: ${told()}`);
}

function refused(what: string, result: CallResult): void {
  // As at every gateway, the connection outside may exist before the handshake has failed; nothing passes through it.
  const passed = result.seen.some(({ kind, tls }) => kind !== 'connection' && !tls?.failure) || result.received;
  if (!isAnswered(result) && !passed) return;
  throw new Error(`the floor lets through ${what}: ${JSON.stringify(result, null, 2)}`);
}

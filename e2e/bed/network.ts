import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { INTERNET, NODE, NODE_ADDRESS } from './layout';
import { run } from './process';

const sysctl = (name: string, value: string) => `echo ${value} > /proc/sys/${name}`;

/** Runs a few `ip` and `sysctl` lines in a namespace, seeing that namespace's /proc/sys. */
async function configure(netns: string, lines: string[]) {
  await run(['ip', 'netns', 'exec', netns, 'sh', '-ec', lines.join('\n')]);
}

/** The node's namespace: it routes between the pods and the internet, and has no way to anywhere else. */
export async function createNode(): Promise<void> {
  await run(['ip', 'netns', 'add', NODE]);
  await configure(NODE, [
    'ip link set lo up',
    `ip addr add ${NODE_ADDRESS}/32 dev lo`,
    sysctl('net/ipv4/ip_forward', '1'),
    sysctl('net/ipv4/conf/all/send_redirects', '0'),
    // As network plugins do: nobody sends from an address that is not his.
    sysctl('net/ipv4/conf/all/rp_filter', '1'),
    // Every Service address is a route to nowhere unless a rule translates it.
    'ip route add blackhole default',
  ]);
}

/**
 * A namespace with addresses of its own, joined to the node by a routed link and nothing else. There is no bridge: whatever it sends
 * passes the node, as on a real network plugin, and nothing on the way rewrites its source address.
 */
export async function createHost(netns: string, link: string, addresses: string[]): Promise<void> {
  await run(['ip', 'netns', 'add', netns]);
  await run(['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns], { netns: NODE });
  await configure(netns, [
    'ip link set lo up',
    ...addresses.map((address) => `ip addr add ${address}/32 dev eth0`),
    'ip link set eth0 up',
    `ip route add ${NODE_ADDRESS} dev eth0 scope link`,
    `ip route add default via ${NODE_ADDRESS} dev eth0`,
    sysctl('net/ipv4/ip_unprivileged_port_start', '0'), // as container engines do
  ]);
  await run(['ip', 'link', 'set', link, 'up'], { netns: NODE });
  for (const address of addresses) await routeTo(address, link);
}

async function routeTo(address: string, link: string) {
  await run(['ip', 'route', 'replace', `${address}/32`, 'dev', link], { netns: NODE });
}

const INTERNET_LINK = 'internet';

/** The internet's namespace, with no address yet. */
export async function createInternet(): Promise<void> {
  await createHost(INTERNET, INTERNET_LINK, []);
}

/** Gives the internet one more address. */
export async function addInternetAddress(address: string): Promise<void> {
  await run(['ip', 'addr', 'add', `${address}/32`, 'dev', 'eth0'], { netns: INTERNET });
  await routeTo(address, INTERNET_LINK);
}

/** Files that `ip netns exec` shows a namespace in place of the machine's /etc. */
export function writeEtc(netns: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(etcOf(netns), name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Where `ip netns exec` looks for a namespace's own /etc. */
export function etcOf(netns: string): string {
  return join('/etc/netns', netns);
}

/** The namespaces with a prefix that exist now. */
export async function namespaces(prefix: string): Promise<string[]> {
  const { stdout } = await run(['ip', 'netns', 'list']);
  return stdout
    .split('\n')
    .map((line) => line.split(' ')[0])
    .filter((name) => name.startsWith(`${prefix}-`));
}

async function pidsIn(netns: string): Promise<number[]> {
  const { stdout } = await run(['ip', 'netns', 'pids', netns], { mayFail: true });
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** Ends every process in a namespace, by id, and removes it. Its links and routes go with it. */
export async function removeNamespace(netns: string): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const pids = await pidsIn(netns);
    if (!pids.length) break;
    pids.forEach(kill);
  }
  await run(['ip', 'netns', 'del', netns], { mayFail: true });
  rmSync(etcOf(netns), { recursive: true, force: true });
}

/** Ends the processes of one user in a namespace. */
export async function killUser(netns: string, user: number): Promise<void> {
  for (const pid of await pidsIn(netns)) if (isOfUser(pid, user)) kill(pid);
}

/** Ends the processes of a program in a namespace at once. */
export async function killProgram(netns: string, program: string): Promise<void> {
  for (const pid of await pidsIn(netns)) if (programOf(pid) === program) kill(pid);
}

function programOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined; // it ended by itself
  }
}

function isOfUser(pid: number, user: number): boolean {
  try {
    return new RegExp(`^Uid:\\s+${user}\\b`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false; // it ended by itself
  }
}

function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

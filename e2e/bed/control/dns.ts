import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DNS, netnsOf, place } from './system-pods';
import { FILES } from '../layout';
import { eventually } from '../poll';
import { run } from '../process';

const PID = join(FILES.dns, 'dnsmasq.pid');
const WILDCARDS = join(FILES.dns, 'wildcards.conf');

/** Names by who declares them: the cluster's Services, and the external hosts. */
const HOSTS = { services: join(FILES.dns, 'services.hosts'), external: join(FILES.dns, 'external.hosts') };

function write(file: string, text: string): boolean {
  const before = readFileSync(file, { encoding: 'utf8', flag: 'a+' });
  if (before === text) return false;
  writeFileSync(file, text);
  return true;
}

async function start() {
  // dnsmasq forks by itself once it can answer.
  await run(['dnsmasq', '-C', join(FILES.dns, 'dnsmasq.conf')], { netns: netnsOf(DNS) });
}

const pid = () => Number(readFileSync(PID, 'utf8'));

/** Starts DNS for the mesh. It knows the bed's own names; any other one does not exist. */
export async function startDns(): Promise<void> {
  await place(DNS);
  mkdirSync(FILES.dns, { recursive: true });
  for (const file of [...Object.values(HOSTS), WILDCARDS]) write(file, '');
  const lines = [
    'no-resolv',
    'no-hosts',
    'local=/#/', // an unknown name is NXDOMAIN, not refused
    `listen-address=${DNS.address}`,
    'bind-interfaces',
    'user=root',
    `pid-file=${PID}`,
    'log-queries',
    `log-facility=${join(FILES.dns, 'queries.log')}`,
    `conf-file=${WILDCARDS}`,
    ...Object.values(HOSTS).map((file) => `addn-hosts=${file}`),
  ];
  writeFileSync(join(FILES.dns, 'dnsmasq.conf'), `${lines.join('\n')}\n`);
  await start();
}

/** Says which addresses a name has; replaces what the same source said before. A host may start with `*.`. */
export async function setNames(source: keyof typeof HOSTS, names: Record<string, string[]>): Promise<void> {
  const lines = (host: (name: string) => boolean, line: (name: string, address: string) => string) =>
    Object.entries(names)
      .filter(([name]) => host(name))
      .flatMap(([name, addresses]) => addresses.map((address) => `${line(name, address)}\n`))
      .sort()
      .join('');
  const isWildcard = (name: string) => name.startsWith('*.');
  const changed = write(
    HOSTS[source],
    lines(
      (name) => !isWildcard(name),
      (name, address) => `${address} ${name}`,
    ),
  );
  const wildcards = lines(isWildcard, (name, address) => `address=/${name.slice(2)}/${address}`);
  if (source === 'external' && write(WILDCARDS, wildcards)) {
    // Only hosts files are read again on SIGHUP.
    const old = pid();
    process.kill(old, 'SIGTERM');
    await eventually('DNS to stop', () => !alive(old), { every: 10 });
    await start();
  } else if (changed) {
    process.kill(pid(), 'SIGHUP');
  }
}

function alive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

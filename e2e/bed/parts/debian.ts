import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process';
import { once } from './build';
import { cacheEntry } from './versions';

/** What the bed uses of the system, and the Debian package that has it. */
const TOOLS: Record<string, string> = {
  ip: 'iproute2',
  iptables: 'iptables',
  nft: 'nftables',
  ping: 'iputils-ping',
  dnsmasq: 'dnsmasq-base',
  curl: 'curl',
  openssl: 'openssl',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  flock: 'util-linux',
  mount: 'mount',
};

const PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The tool's path, if the machine has it. */
export function which(tool: string): string | undefined {
  return PATH.map((directory) => join(directory, tool)).find((file) => existsSync(file));
}

const APT = {
  timeout: 600_000,
  env: { ...(process.env as Record<string, string>), DEBIAN_FRONTEND: 'noninteractive' },
};

/** Installs the Debian packages of tools that are missing; asks for nothing when all are there. */
export async function installDebianTools(tools = TOOLS): Promise<void> {
  const missing = [
    ...new Set(
      Object.keys(tools)
        .filter((tool) => !which(tool))
        .map((tool) => tools[tool]),
    ),
  ];
  if (!missing.length) return;
  process.stderr.write(`installing ${missing.join(' ')} …\n`);
  await run(['apt-get', 'update', '-qq'], APT);
  await run(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing], APT);
}

/** etcd, unpacked from its package instead of installed: installing it would start a service on the machine. */
export async function etcd(): Promise<string> {
  const installed = which('etcd');
  if (installed) return installed;
  const entry = await once(cacheEntry('etcd', 'debian'), 'etcd (Debian package)', async (directory) => {
    await run(['apt-get', 'update', '-qq'], APT);
    await run(['apt-get', 'download', '-qq', 'etcd-server'], { ...APT, cwd: directory });
    const archive = readdirSync(directory).find((file) => file.endsWith('.deb'));
    if (!archive) throw new Error('apt-get download etcd-server brought no package');
    await run(['dpkg-deb', '-x', archive, 'root'], { cwd: directory });
    renameSync(join(directory, 'root/usr/bin/etcd'), join(directory, 'etcd'));
  });
  return join(entry, 'etcd');
}

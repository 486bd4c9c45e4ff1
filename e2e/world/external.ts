import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setNames } from '../bed/control/dns';
import { InternetPort, InternetServer } from '../bed/internet/record';
import { FILES } from '../bed/layout';
import { addInternetAddress } from '../bed/network';
import { authority, issue } from '../bed/pki';
import { ask } from '../bed/socket';

/** A server outside the mesh. */
export interface ExternalOptions {
  /** Its names; the first one names the server. `*.` in front makes it answer for every name below. */
  readonly hosts: string[];
  /** @default - 80 as http and 443 as https */
  readonly ports?: Pick<InternetPort, 'port' | 'protocol' | 'http' | 'webSocket' | 'greets' | 'streams'>[];
  /** Who signed its certificate: the authority that pods trust, or another one. @default trusted */
  readonly ca?: 'trusted' | 'untrusted';
  /** Names in its certificate. @default - its hosts */
  readonly certificateHosts?: string[];
  /** Demands a certificate of the bed's authority for clients. @default false */
  readonly requireClientCertificate?: boolean;
  /** How many addresses its names have. @default 1 */
  readonly addresses?: number;
}

/** What the internet consists of, with the names that DNS knows for it. */
interface Declared {
  options: ExternalOptions;
  server: InternetServer;
}

const DEFAULT_PORTS: NonNullable<ExternalOptions['ports']> = [
  { port: 80, protocol: 'http' },
  { port: 443, protocol: 'https' },
];

function declared(): Declared[] {
  return existsSync(FILES.servers) ? JSON.parse(readFileSync(FILES.servers, 'utf8')) : [];
}

/** All servers outside. */
export const externalServers = (): InternetServer[] => declared().map(({ server }) => server);

async function newAddresses(count: number, taken: number): Promise<string[]> {
  const addresses = Array.from(
    { length: count },
    (_, index) => `10.45.${Math.floor((taken + index) / 250)}.${((taken + index) % 250) + 1}`,
  );
  for (const address of addresses) await addInternetAddress(address);
  return addresses;
}

async function serverOf(options: ExternalOptions, addresses: string[]): Promise<InternetServer> {
  const needsTls = (options.ports ?? DEFAULT_PORTS).some(({ protocol }) => protocol === 'https' || protocol === 'tls');
  const names = options.certificateHosts ?? options.hosts;
  const pair = needsTls ? await issue(options.ca === 'untrusted' ? 'untrusted' : 'public', names[0], names) : undefined;
  const clientAuthority = options.requireClientCertificate ? (await authority('clients')).certificate : undefined;
  const ports = (options.ports ?? DEFAULT_PORTS).map((port) => ({
    ...port,
    ...(port.protocol === 'https' || port.protocol === 'tls' ? { ...pair, clientAuthority } : {}),
  }));
  return { name: options.hosts[0], hosts: [...new Set([...options.hosts, ...names])], addresses, ports };
}

async function publish(all: Declared[]) {
  writeFileSync(FILES.servers, JSON.stringify(all));
  await ask(
    FILES.internet,
    '/servers',
    all.map(({ server }) => server),
  );
  await setNames(
    'external',
    Object.fromEntries(all.flatMap(({ options, server }) => options.hosts.map((host) => [host, server.addresses]))),
  );
}

/** Adds a server to the internet, or changes the one of that name; its addresses stay. */
export async function declareExternal(options: ExternalOptions): Promise<InternetServer> {
  const all = declared();
  const before = all.find(({ server }) => server.name === options.hosts[0]);
  if (before && JSON.stringify(before.options) === JSON.stringify(options)) return before.server;
  const taken = all.reduce((sum, { server }) => sum + server.addresses.length, 0);
  const missing = (options.addresses ?? 1) - (before?.server.addresses.length ?? 0);
  const addresses = [...(before?.server.addresses ?? []), ...(missing > 0 ? await newAddresses(missing, taken) : [])];
  const server = await serverOf(options, addresses);
  await publish([...all.filter((other) => other !== before), { options, server }]);
  return server;
}

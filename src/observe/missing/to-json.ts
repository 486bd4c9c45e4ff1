import { Tally } from './tally';

/** What is missing, as JSON for other programs. */
export function toJson(tally: Tally): string {
  const report = {
    hosts: tally.hosts.map(({ host, ports, addresses, direct }) => ({
      host,
      ports: [...ports.values()].map(({ callers, ...rest }) => ({ ...rest, callers: [...callers.values()] })),
      addresses: [...addresses].sort(),
      direct,
    })),
    clients: tally.clients,
    addresses: tally.addresses.map(({ callers, ...rest }) => ({ ...rest, callers: [...callers.values()] })),
    inCluster: tally.inCluster,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

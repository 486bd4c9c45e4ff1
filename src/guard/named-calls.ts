import { ServiceEntrySpec } from '../../imports/networking.istio.io';
import { Plain } from '../mesh/plain';

/**
 * The ServiceEntry that makes sidecars read the names of undeclared hosts. Sidecars read the Host header, or the server name of TLS,
 * only on ports on which they know some host; on other ports the log has an address instead of a name. The host of this ServiceEntry
 * has no endpoints, and its name is reserved by RFC 2606, so that it belongs to nobody.
 */
export function namedCalls(namespace: string, httpPorts: number[], tlsPorts: number[]) {
  const ports = (protocol: 'HTTP' | 'TLS', numbers: number[]) =>
    [...new Set(numbers)]
      .sort((a, b) => a - b)
      .map((number) => ({ name: `${protocol.toLowerCase()}-${number}`, number, protocol }));
  return {
    exportTo: ['.'],
    hosts: [`undeclared.${namespace}.invalid`],
    ports: [...ports('HTTP', httpPorts), ...ports('TLS', tlsPorts)],
    resolution: 'STATIC',
  } satisfies Plain<ServiceEntrySpec>;
}

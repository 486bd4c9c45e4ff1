import { ServiceEntrySpecResolution, toJson_ServiceEntrySpec } from '../../imports/networking.istio.io';

/**
 * What makes sidecars read the names of hosts that nobody declared. They read the Host header, or the server name of TLS, only
 * on ports on which they know some host; elsewhere a call is bytes to an address, and so it stands in the log. This host has no
 * endpoints, and its name is reserved by RFC 2606 so that it can be nobody's.
 */
export function namedCalls(namespace: string, httpPorts: number[], tlsPorts: number[]) {
  const ports = (protocol: 'HTTP' | 'TLS', numbers: number[]) =>
    [...new Set(numbers)]
      .sort((a, b) => a - b)
      .map((number) => ({ name: `${protocol.toLowerCase()}-${number}`, number, protocol }));
  return toJson_ServiceEntrySpec({
    exportTo: ['.'],
    hosts: [`undeclared.${namespace}.invalid`],
    ports: [...ports('HTTP', httpPorts), ...ports('TLS', tlsPorts)],
    resolution: ServiceEntrySpecResolution.STATIC,
  });
}

import { ServiceEntrySpec } from '../../imports/networking.istio.io';
import { virtualAddress } from '../destination/captured-addresses';
import { calledProtocol, ResolvedPort } from '../destination/egress-port';
import { EgressError } from '../errors';
import { Declaration } from '../exit/declaration';
import { Mesh } from '../mesh/mesh';
import { Plain } from '../mesh/plain';

/** Ports that other hosts need for HTTP and HTTPS: a TCP host without addresses would take every connection on them. */
const WELL_KNOWN = [80, 443];

/** The ServiceEntry that makes the sidecars of a namespace listen on ports of a host. */
export function clientServiceEntry(host: string, ports: ResolvedPort[], addresses?: string[]) {
  return {
    exportTo: ['.'],
    hosts: [host],
    addresses,
    ports: ports.map((port) => {
      const protocol = calledProtocol(port);
      return { name: `${protocol.toLowerCase()}-${port.port}`, number: port.port, protocol };
    }),
    resolution: 'STATIC',
  } satisfies Plain<ServiceEntrySpec>;
}

/** The address with which sidecars answer DNS queries for a name of our own, which need not be in any other DNS. */
export function ownAddress({ scope }: Declaration, host: string): string[] | undefined {
  return Mesh.of(scope).dnsProxying ? [virtualAddress(host)] : undefined;
}

/** The addresses at which a namespace's TCP connections to a host are recognised; undefined for any. */
export function capturedAddresses({ scope, addresses }: Declaration, host: string): string[] | undefined {
  return addresses ?? (Mesh.of(scope).dnsProxying ? [virtualAddress(host)] : undefined);
}

/**
 * Of a declaration with TCP ports: without addresses, every connection on such a port that nothing else in the namespace claims goes to the one host.
 * @throws AddressSyntax where that would be wrong
 */
export function checkWholePorts(declaration: Declaration): void {
  const { scope, hosts } = declaration;
  const ports = declaration.ports.filter(({ kind }) => kind === 'tcp');
  if (capturedAddresses(declaration, hosts[0])) return;
  const refuse = (what: string, given: unknown) => {
    throw new EgressError('AddressSyntax', scope, {
      what,
      given,
      allowed: 'addresses that tell the host apart: `addresses` of the declaration, or virtual ones with `dnsProxying`',
      fix: 'set `addresses`, or `dnsProxying: true` in Mesh.configure if the mesh has ISTIO_META_DNS_CAPTURE=true',
    });
  };
  if (hosts.length > 1) refuse('several hosts on one TCP port, which nothing tells apart', hosts);
  const taken = ports.find(({ port }) => WELL_KNOWN.includes(port));
  if (taken) {
    refuse("every connection on this port would go to the one host, other hosts' HTTP and HTTPS too", taken.port);
  }
}

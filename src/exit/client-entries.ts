import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ClientHopScope } from './client-hop';
import { Declaration } from './declaration';
import { GatewayAddress } from './gateway-handle';
import { portsWithServiceEntry } from './gateway-limits';
import { clientHopId, hostInName } from './hop-name';
import { ServiceEntrySpecResolution, toJson_ServiceEntrySpec } from '../../imports/networking.istio.io';
import { virtualAddress } from '../destination/captured-addresses';
import { ResolvedPort } from '../destination/egress-port';
import { EgressError } from '../errors';
import { manifest } from '../mesh/manifest';
import { Mesh } from '../mesh/mesh';
import { dottedName } from '../naming';
import { CaptureMark, EntryMark, labelsOf } from '../validation/marks';

/** The largest number of hosts that the ServiceEntry CRD takes. */
const MAX_HOSTS = 256;

/** Ports that other hosts' HTTP and HTTPS need: taken as TCP for every address, they would be lost to them. */
const WELL_KNOWN = [80, 443];

interface ClientEntriesProps {
  readonly gateway: GatewayAddress;
  readonly declaration: Declaration;
  readonly where: ClientHopScope;
  readonly name: string;
}

/**
 * What makes the sidecars of a namespace listen on the ports of a declaration: one ServiceEntry for all hosts or, with a TCP
 * port, one for each, because there a host is known by its address alone.
 */
export class ClientEntries {
  public readonly serviceEntries: ApiObject[];
  /** What is taken from the namespace's TCP connections. */
  public readonly captures: CaptureMark[];
  /** What the namespace knows of the hosts. */
  public readonly marks: EntryMark[];

  /** Not a construct of its own: most declarations need none of them, and each construct has its price. */
  public constructor(scope: Construct, { gateway, declaration, where, name }: ClientEntriesProps) {
    const { hosts } = declaration;
    const own = where.exportTo === '.' ? ownAddress(declaration) : undefined;
    const ports = own ? declaration.ports : portsWithServiceEntry(gateway, declaration.ports);
    const tcp = ports.filter(({ kind }) => kind === 'tcp');
    const entry = (index: number, entryName: string, entryHosts: string[], addresses?: string[]) =>
      manifest(scope, clientHopId(where.namespace, 'ServiceEntry', index), {
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        namespace: where.namespace,
        name: entryName,
        metadata: declaration.metadata,
        spec: () =>
          toJson_ServiceEntrySpec({
            exportTo: [where.exportTo],
            hosts: entryHosts,
            addresses,
            ports: ports.map(({ kind, port }) => ({
              name: `${kind}-${port}`,
              number: port,
              protocol: kind.toUpperCase(),
            })),
            resolution: ServiceEntrySpecResolution.STATIC,
          }),
      });

    this.captures = hosts.flatMap((host) =>
      tcp.map(({ port }) => ({ host, port, addresses: capturedAddresses(declaration, host) })),
    );
    checkWholePorts(declaration, tcp);
    if (tcp.length > 0) {
      this.serviceEntries = hosts.map((host, index) =>
        entry(index, dottedName(name, hostInName(host)), [host], capturedAddresses(declaration, host)),
      );
    } else {
      if (ports.length > 0) checkHostCount(declaration, ports);
      this.serviceEntries = ports.length > 0 ? [entry(0, name, hosts, own)] : [];
    }
    const numbers = ports.map(({ port }) => port);
    this.marks = this.serviceEntries.flatMap((made, index) =>
      (tcp.length > 0 ? [hosts[index]] : hosts).map((host) => ({
        host,
        ports: numbers,
        upstream: 'behind an exit',
        labels: labelsOf(made),
      })),
    );
  }
}

/** A name of our own need not be in any DNS: where sidecars answer for it, they have to be told an address. */
function ownAddress({ scope, hosts, upstreamHost }: Declaration): string[] | undefined {
  return upstreamHost !== undefined && Mesh.of(scope).dnsProxying ? hosts.map(virtualAddress) : undefined;
}

/** The addresses at which a namespace's TCP connections to a host are recognised; undefined for any. */
export function capturedAddresses({ scope, addresses }: Declaration, host: string): string[] | undefined {
  return addresses ?? (Mesh.of(scope).dnsProxying ? [virtualAddress(host)] : undefined);
}

/** Without addresses, every connection on the port that nothing else in the namespace claims goes to the one host. */
export function checkWholePorts(declaration: Declaration, ports: ResolvedPort[]): void {
  const { scope, hosts } = declaration;
  if (ports.length === 0 || capturedAddresses(declaration, hosts[0])) return;
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

function checkHostCount({ scope, hosts }: Declaration, ports: ResolvedPort[]): void {
  if (hosts.length <= MAX_HOSTS) return;
  throw new EgressError('HostCount', scope, {
    what: `the hosts need a ServiceEntry for port ${ports[0].port}, which takes fewer`,
    given: `${hosts.length} hosts`,
    allowed: `at most ${MAX_HOSTS} hosts in a declaration with another port than 80`,
    fix: 'split the hosts over several declarations',
  });
}

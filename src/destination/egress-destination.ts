import { ConnectionLimits } from './connection-limits';
import { EgressEndpoint } from './egress-endpoint';
import { EgressPort } from './egress-port';
import { OutlierDetection } from './outlier-detection';
import { Options } from '../options';

/** How an exit finds the addresses of a host. */
export enum HostResolution {
  /** By DNS; every address of the answer takes calls. */
  DNS = 'DNS',

  /** By DNS; new connections go to the first address of the latest answer. For hosts that change addresses often. */
  DNS_ROUND_ROBIN = 'DNS_ROUND_ROBIN',

  /**
   * Not at all: to where the caller was going. A call that came to a gateway was going to the gateway and would go round for
   * ever, and at a sidecar the caller could name one host and reach any address: it is refused everywhere.
   */
  NONE = 'NONE',
}

/** External hosts, by name, and how an exit connects to them. */
export interface EgressHosts {
  /**
   * DNS names of the external hosts. Case, a trailing dot and the form of internationalized names do not matter.
   *
   * "*.example.com" stands for every name below example.com, of one label or more. A gateway cannot look such names up, so it
   * needs `endpoints`: the server behind all of them.
   */
  readonly hosts: string[];

  /**
   * How the exit finds the hosts' addresses.
   * @default HostResolution.DNS
   */
  readonly resolution?: HostResolution;

  /**
   * Where the hosts are, instead of what DNS says about their names: IP addresses, or names of servers.
   * @default - the hosts themselves
   */
  readonly endpoints?: EgressEndpoint[];

  /**
   * IP addresses or CIDR ranges at which applications connect to the hosts, for TCP ports, where nothing else tells hosts
   * apart. One list for all hosts of the declaration.
   * @default - with `dnsProxying` of the mesh a virtual address per host, else every address that nothing else claims
   */
  readonly addresses?: string[];

  /**
   * Limits for the connections from each pod of the exit to each host.
   * @default - Envoy's
   */
  readonly connectionLimits?: ConnectionLimits;

  /**
   * When an address of a host is left out for a while.
   * @default - never
   */
  readonly outlierDetection?: OutlierDetection;
}

/** What each takes. */
export const EGRESS_HOSTS: Options<EgressHosts> = {
  hosts: 'checked',
  resolution: 'checked',
  endpoints: 'checked',
  addresses: 'checked',
  connectionLimits: 'checked',
  outlierDetection: 'checked',
};

/** External hosts and the ports they are called on. The same struct declares, in both repos, what is granted and what is used. */
export interface EgressDestination extends EgressHosts {
  /** How the hosts are called. */
  readonly ports: EgressPort[];
}

/** What each takes. */
export const EGRESS_DESTINATION: Options<EgressDestination> = { ...EGRESS_HOSTS, ports: 'checked' };

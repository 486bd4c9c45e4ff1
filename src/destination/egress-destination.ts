import { EgressPort } from './egress-port';
import { Options } from '../options';
import { UPSTREAM, UpstreamOptions } from './upstream';

/** External hosts, by name, and how an exit connects to them. */
export interface EgressHosts extends UpstreamOptions {
  /**
   * DNS names of the external hosts. Case, a trailing dot and the form of internationalized names do not matter.
   *
   * "*.example.com" stands for every name below example.com, of one label or more. A gateway cannot look such names up, so it
   * needs `endpoints`: the server behind all of them.
   */
  readonly hosts: string[];
}

/** The options of this struct, and the kind of value that each takes. */
export const EGRESS_HOSTS: Options<EgressHosts> = { ...UPSTREAM, hosts: 'checked' };

/** How sidecars recognise TCP hosts. */
export interface TcpAddresses {
  /**
   * IP addresses or CIDR ranges at which applications connect to the host on its TCP ports, where nothing else tells hosts apart.
   * For declarations of one host.
   * @default - with `dnsProxying` of the mesh a virtual address per host, else every address that nothing else claims
   */
  readonly addresses?: string[];
}

/** The options of this struct, and the kind of value that each takes. */
export const TCP_ADDRESSES: Options<TcpAddresses> = { addresses: 'checked' };

/**
 * External hosts and the ports on which they are called. One value of it can serve two repos: that of the exit, which grants, and that
 * of the application, which declares.
 */
export interface EgressDestination extends EgressHosts, TcpAddresses {
  /** How the hosts are called. */
  readonly ports: EgressPort[];
}

/** The options of this struct, and the kind of value that each takes. */
export const EGRESS_DESTINATION: Options<EgressDestination> = { ...EGRESS_HOSTS, ...TCP_ADDRESSES, ports: 'checked' };

import { EgressPort } from './egress-port';

/** How an exit finds the addresses of a host. */
export enum HostResolution {
  /** By DNS; every address of the answer takes calls. */
  DNS = 'DNS',

  /** By DNS; new connections go to the first address of the latest answer. For hosts that change addresses often. */
  DNS_ROUND_ROBIN = 'DNS_ROUND_ROBIN',

  /**
   * Not at all: to where the caller was going. No gateway can do this (a call that came to the gateway was going to the
   * gateway, and would go round for ever), so it is refused there.
   */
  NONE = 'NONE',
}

/** External hosts, by name. */
export interface EgressHosts {
  /**
   * DNS names of the external hosts. Case, a trailing dot and the form of internationalized names do not matter.
   */
  readonly hosts: string[];

  /**
   * How the exit finds the hosts' addresses.
   * @default HostResolution.DNS
   */
  readonly resolution?: HostResolution;
}

/** External hosts and the ports they are called on. The same struct declares, in both repos, what is granted and what is used. */
export interface EgressDestination extends EgressHosts {
  /** How the hosts are called. */
  readonly ports: EgressPort[];
}

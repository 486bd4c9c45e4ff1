import { ServiceEntrySpec } from '../../imports/networking.istio.io';
import { Plain } from '../mesh/plain';

/** Addresses in the cluster that no Service has, and the TCP ports that are called there. */
export interface KnownAddresses {
  readonly ranges: string[];
  readonly ports: number[];
}

/**
 * Makes addresses known to a namespace's sidecars, which otherwise refuse what no Service has. Connections go on to where they were
 * going, which are these addresses alone: with addresses, Istio makes a listener for nothing else.
 */
export function knownAddresses(name: string, namespace: string, { ranges, ports }: KnownAddresses) {
  return {
    exportTo: ['.'],
    hosts: [`${name}.${namespace}.invalid`],
    addresses: ranges.map((range) => range.replace(/\/(32|128)$/, '')),
    ports: ports.map((number) => ({ name: `tcp-${number}`, number, protocol: 'TCP' })),
    resolution: 'NONE',
  } satisfies Plain<ServiceEntrySpec>;
}

import { createHash } from 'node:crypto';
import { Construct } from 'constructs';
import { parseIpRange } from './ip-range';
import { EgressError } from '../errors';

/** The shortest prefix of a range, by family: with a wider range, a host would capture the calls of others on its port. */
const SHORTEST = { 4: 8, 6: 32 };

/** IP addresses or CIDR ranges of either family, in one form, so that equal ranges of two hosts are equal. @throws AddressSyntax */
export function checkAddresses(scope: Construct, addresses: string[]): string[] {
  if (Array.isArray(addresses) && addresses.length > 0) {
    return [...new Set([...addresses].map((address) => checkAddress(scope, address)))].sort();
  }
  return refuse(scope, addresses);
}

function checkAddress(scope: Construct, given: string): string {
  const range = parseIpRange(given);
  if (!range || range.prefix < SHORTEST[range.family]) return refuse(scope, given);
  if (range.isExact) return range.text;
  throw new EgressError('AddressSyntax', scope, {
    what: 'the address has bits beyond its prefix',
    given,
    allowed: 'the first address of the range',
    fix: `write "${range.text}"`,
  });
}

function refuse(scope: Construct, given: unknown): never {
  throw new EgressError('AddressSyntax', scope, {
    what: 'this is not where an application can connect to',
    given,
    allowed: 'IP addresses or CIDR ranges, as "192.0.2.7" or "192.0.2.0/28", of at least /8 (IPv4) or /32 (IPv6)',
    fix: 'correct `addresses`, or leave it out',
  });
}

/**
 * The address that stands for a host inside the mesh, where sidecars answer its DNS queries. It follows from the name alone,
 * so that nothing is to be stored and adding hosts changes no other. Taken from 241.0.0.0/8, which nobody uses on the
 * internet; Istio's own virtual addresses are in 240.240.0.0/16.
 */
export function virtualAddress(host: string): string {
  const [a, b, c] = createHash('sha256').update(host).digest();
  // No address ends in 0 or 255, which some take for a network or a broadcast.
  return `241.${a}.${b}.${1 + (c % 254)}`;
}

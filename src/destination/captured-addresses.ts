import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { Construct } from 'constructs';
import { EgressError } from '../errors';

/** IP addresses or CIDR ranges of either family. @throws AddressSyntax */
export function checkAddresses(scope: Construct, addresses: string[]): string[] {
  const bad = Array.isArray(addresses) ? addresses.find((address) => !isRange(address)) : addresses;
  if (bad === undefined && addresses.length > 0) return [...new Set(addresses)].sort();
  throw new EgressError('AddressSyntax', scope, {
    what: 'this is not where an application can connect to',
    given: bad ?? addresses,
    allowed: 'IP addresses or CIDR ranges, as "192.0.2.7" or "192.0.2.0/28", of at least /8 (IPv4) or /32 (IPv6)',
    fix: 'correct `addresses`, or leave it out',
  });
}

/** Short prefixes would take calls away from everything else on the port. */
function isRange(text: string): boolean {
  const [address, prefix, ...rest] = String(text).split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  const [shortest, longest] = family === 4 ? [8, 32] : [32, 128];
  return /^\d+$/.test(prefix) && Number(prefix) >= shortest && Number(prefix) <= longest;
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

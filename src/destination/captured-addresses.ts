import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { Construct } from 'constructs';
import { EgressError } from '../errors';

/** IP addresses or CIDR ranges of either family. @throws AddressSyntax */
export function checkAddresses(scope: Construct, addresses: string[]): string[] {
  const bad = Array.isArray(addresses) ? addresses.find((address) => !isRange(address)) : addresses;
  if (bad === undefined && addresses.length > 0) {
    return [...new Set(addresses.map((address) => canonical(scope, address)))].sort();
  }
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
  // Zones, as in "fe80::1%eth0", mean something on one machine only.
  if (family === 0 || rest.length > 0 || address.includes('%')) return false;
  if (prefix === undefined) return true;
  const [shortest, longest] = family === 4 ? [8, 32] : [32, 128];
  return /^\d+$/.test(prefix) && Number(prefix) >= shortest && Number(prefix) <= longest;
}

/** In one form, so that equal ranges of two hosts are equal. */
function canonical(scope: Construct, text: string): string {
  const [address, prefix] = text.split('/');
  const parts = partsOf(address);
  const bits = parts.length === 4 ? 8 : 16;
  const length = prefix === undefined ? parts.length * bits : Number(prefix);
  const network = parts.map((part, index) => {
    const kept = Math.min(Math.max(length - index * bits, 0), bits);
    return part - (part % 2 ** (bits - kept));
  });
  const written = bits === 8 ? network.join('.') : ipv6(network.map((part) => part.toString(16)).join(':'));
  const range = length === parts.length * bits ? written : `${written}/${length}`;
  if (network.every((part, index) => part === parts[index])) return range;
  throw new EgressError('AddressSyntax', scope, {
    what: 'the address has bits beyond its prefix',
    given: text,
    allowed: 'the first address of the range',
    fix: `write "${range}"`,
  });
}

/** The numbers of an address: four of 8 bits, or eight of 16. */
function partsOf(address: string): number[] {
  if (isIP(address) === 4) return address.split('.').map(Number);
  const [front, back] = ipv6(address).split('::');
  const groups = (text = '') => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const [head, tail] = [groups(front), groups(back)];
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** The short form that RFC 5952 recommends. */
function ipv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
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

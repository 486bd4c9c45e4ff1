import { isIPv4, isIPv6 } from 'node:net';

/** Addresses of one family that begin with the same bits. */
export interface IpRange {
  readonly family: 4 | 6;
  /** The first address, as a number. */
  readonly first: bigint;
  /** How many bits they have in common. */
  readonly prefix: number;
  /** The one way to write it: an address alone without prefix, IPv6 as RFC 5952 recommends. */
  readonly text: string;
  /** Whether it was given by its first address: "10.0.0.7/8" is not. */
  readonly isExact: boolean;
}

const BITS = { 4: 32, 6: 128 };

/**
 * What Node's `isIP` says, without asking whether a text is IPv6 that has no colon: the first question has V8 compile a very large
 * expression, which takes longer than all else that is done for a declaration.
 */
export function familyOf(text: string): 4 | 6 | 0 {
  if (isIPv4(text)) return 4;
  return text.includes(':') && isIPv6(text) ? 6 : 0;
}

/**
 * Reads an address, or a range as "10.0.0.0/8". Undefined for anything else, zones as in "fe80::1%eth0" included, which mean
 * something on one machine only.
 */
export function parseIpRange(text: unknown): IpRange | undefined {
  if (typeof text !== 'string') return undefined;
  const [, address, digits] = /^([0-9A-Fa-f.:]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const family = familyOf(address ?? '');
  if (family === 0) return undefined;
  const prefix = digits === undefined ? BITS[family] : Number(digits);
  if (prefix > BITS[family]) return undefined;
  const given = numberOf(address, family);
  const size = 2n ** BigInt(BITS[family] - prefix);
  const first = given - (given % size);
  const written = family === 4 ? ipv4(first) : ipv6(first);
  const isWhole = prefix === BITS[family];
  return { family, first, prefix, text: isWhole ? written : `${written}/${prefix}`, isExact: first === given };
}

/** Whether all addresses of a range are in another one. */
export function isWithin(inner: IpRange, outer: IpRange): boolean {
  if (inner.family !== outer.family || inner.prefix < outer.prefix) return false;
  const size = 2n ** BigInt(BITS[outer.family] - outer.prefix);
  return inner.first - (inner.first % size) === outer.first;
}

/** Whether some address is in both. */
export function rangesMeet(a: IpRange, b: IpRange): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

const join = (parts: number[], bits: number): bigint =>
  parts.reduce((sum, part) => sum * 2n ** BigInt(bits) + BigInt(part), 0n);

function numberOf(address: string, family: 4 | 6): bigint {
  if (family === 4) return join(address.split('.').map(Number), 8);
  const [front, back] = canonicalIpv6(address).split('::');
  const groups = (text = '') => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const [head, tail] = [groups(front), groups(back)];
  return join([...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail], 16);
}

const partsOf = (number: bigint, count: number, bits: number): number[] =>
  Array.from({ length: count }, (_, index) => {
    const behind = number / 2n ** BigInt(bits * (count - 1 - index));
    return Number(behind % 2n ** BigInt(bits));
  });

const ipv4 = (number: bigint): string => partsOf(number, 4, 8).join('.');

const ipv6 = (number: bigint): string =>
  canonicalIpv6(
    partsOf(number, 8, 16)
      .map((part) => part.toString(16))
      .join(':'),
  );

/** The short form that RFC 5952 recommends, without the dots of an embedded IPv4 address. */
function canonicalIpv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

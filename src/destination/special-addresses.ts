import { parseIpRange, rangesMeet } from './ip-range';

/**
 * Addresses that no host outside has (loopback, link-local, multicast and reserved ones), and those of metadata services outside of the
 * link-local range, which give a cloud's credentials away.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const NEVER_OUTSIDE_4 = [
  '0.0.0.0/8',
  '100.100.100.200/32', // Alibaba Cloud
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure
  '169.254.0.0/16', // AWS, Google Cloud, Azure, Oracle and others; AWS's for pods
  '192.0.0.192/32', // Oracle Cloud, before it took a link-local one
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** The same of IPv6, with the forms in which IPv4 addresses go over the network there. */
const NEVER_OUTSIDE_6 = [
  '::/96',
  '2002::/16',
  '64:ff9b::6464:64c8/128', // the three services of above, behind NAT64
  '64:ff9b::a83f:8110/128',
  '64:ff9b::a9fe:0/112',
  'fd00:c1::a9fe:a9fe/128', // Oracle Cloud
  'fd00:ec2::23/128', // AWS, for pods
  'fd00:ec2::254/128', // AWS
  'fd20:ce::254/128', // Google Cloud
  'fe80::/10',
  'ff00::/8',
];

/** IPv4 addresses written as IPv6: no packet has them, a socket turns them back, and Kubernetes takes none in a network policy. */
const MAPPED = '::ffff:0:0/96';

/** Ranges of one family to which nothing here may open a way. */
export const neverOutside = (family: 4 | 6): string[] => (family === 4 ? NEVER_OUTSIDE_4 : NEVER_OUTSIDE_6);

/** The range among those above that an address or a range has addresses of; undefined if there is none. */
export function meetsNeverOutside(text: string): string | undefined {
  const given = parseIpRange(text);
  const ranges = given?.family === 6 ? [MAPPED, ...NEVER_OUTSIDE_6] : NEVER_OUTSIDE_4;
  return given && ranges.find((never) => rangesMeet(given, parseIpRange(never)!));
}

import { isIP } from 'node:net';
import { Construct } from 'constructs';
import { meetsNeverOutside, neverOutside, parseRange } from '../destination/special-addresses';
import { EgressError } from '../errors';

/** A range of addresses in a network policy. */
export interface IpBlock {
  readonly cidr: string;
  readonly except?: string[];
}

/** One address as a range. */
export function asRange(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${isIP(address) === 6 ? 128 : 32}`;
}

/** Every address outside of the cluster. */
export function outside(clusterRanges: string[]): IpBlock[] {
  const except = (version: 4 | 6) => [
    ...clusterRanges.filter((cidr) => parseRange(cidr)?.version === version),
    ...neverOutside(version),
  ];
  return [
    { cidr: '0.0.0.0/0', except: except(4) },
    { cidr: '::/0', except: except(6) },
  ];
}

/** IP addresses and CIDR ranges, each as a range, sorted. @throws AddressSyntax */
export function checkRanges(scope: Construct | string, property: string, ranges: string[]): string[] {
  const bad = Array.isArray(ranges) ? ranges.find((range) => !isRange(range)) : ranges;
  if (bad === undefined && Array.isArray(ranges)) return [...new Set(ranges.map(asRange))].sort();
  throw new EgressError('AddressSyntax', scope, {
    what: `\`${property}\` holds what is no range of addresses`,
    given: bad ?? ranges,
    allowed:
      'IP addresses without a zone, or CIDR ranges without bits beyond their prefix, as "192.0.2.7" or "10.0.0.0/8"',
    fix: `correct \`${property}\``,
  });
}

/** Ranges that are opened by address. @throws AddressSyntax, NotOutside */
export function checkOpenedRanges(scope: Construct | string, property: string, ranges: string[]): string[] {
  const checked = checkRanges(scope, property, ranges);
  if (checked.length === 0) {
    throw new EgressError('AddressSyntax', scope, {
      what: `\`${property}\` names no address`,
      given: ranges,
      allowed: 'at least one IP address or CIDR range',
      fix: `name the addresses in \`${property}\``,
    });
  }
  const bad = checked.find((range) => meetsNeverOutside(range));
  if (bad === undefined) return checked;
  throw new EgressError('NotOutside', scope, {
    what: `\`${property}\` would open ${meetsNeverOutside(bad)}: this machine, the link, a group, or where clouds give credentials away`,
    given: bad,
    allowed: 'ranges without such addresses',
    fix: `narrow \`${property}\``,
  });
}

/** Of what a prefix of no bits would be, every address, nothing here may be about. */
function isRange(text: string): boolean {
  const range = typeof text === 'string' ? parseRange(text) : undefined;
  if (!range || /\/0$/.test(text)) return false;
  return !text.includes('/') || parseRange(text.split('/')[0])!.first === range.first;
}

import { isIP } from 'node:net';
import { Construct } from 'constructs';
import { EgressError } from '../errors';

/** A range of addresses in a network policy. */
export interface IpBlock {
  readonly cidr: string;
  readonly except?: string[];
}

/** What no way to the outside may lead to, of either family: link-local addresses, where clouds give credentials away. */
const NEVER = ['169.254.0.0/16', 'fd00:ec2::254/128', 'fe80::/10'];

const family = (cidr: string) => isIP(cidr.split('/')[0]);

/** One address as a range. */
export function asRange(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${isIP(address) === 6 ? 128 : 32}`;
}

/** Every address outside of the cluster. */
export function outside(clusterRanges: string[]): IpBlock[] {
  const except = (version: 4 | 6) => [...clusterRanges, ...NEVER].filter((cidr) => family(cidr) === version);
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
    allowed: 'IP addresses or CIDR ranges, as "192.0.2.7" or "10.0.0.0/8"',
    fix: `correct \`${property}\``,
  });
}

function isRange(text: string): boolean {
  const [address, prefix, ...rest] = String(text).split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && +prefix >= 1 && +prefix <= (version === 4 ? 32 : 128));
}

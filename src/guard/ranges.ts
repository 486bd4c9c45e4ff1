import { Construct } from 'constructs';
import { IpRange, parseIpRange } from '../destination/ip-range';
import { meetsNeverOutside, neverOutside } from '../destination/special-addresses';
import { EgressError } from '../errors';

/** A range of addresses in a network policy. */
export interface IpBlock {
  readonly cidr: string;
  readonly except?: string[];
}

/** A range as network policies take it, which know no address alone. */
export function cidrOf({ text, prefix }: IpRange): string {
  return text.includes('/') ? text : `${text}/${prefix}`;
}

/** Every address outside of the cluster. */
export function outside(clusterRanges: string[]): IpBlock[] {
  const except = (family: 4 | 6) => [
    ...clusterRanges.filter((cidr) => parseIpRange(cidr)?.family === family),
    ...neverOutside(family),
  ];
  return [
    { cidr: '0.0.0.0/0', except: except(4) },
    { cidr: '::/0', except: except(6) },
  ];
}

/** IP addresses and CIDR ranges, each as a range, sorted. @throws AddressSyntax */
export function checkRanges(scope: Construct | string, property: string, ranges: string[]): string[] {
  const refuse = (given: unknown): never => {
    throw new EgressError('AddressSyntax', scope, {
      what: `\`${property}\` holds what is no range of addresses`,
      given,
      allowed:
        'IP addresses without a zone, or CIDR ranges without bits beyond their prefix, as "192.0.2.7" or "10.0.0.0/8"',
      fix: `correct \`${property}\``,
    });
  };
  if (!Array.isArray(ranges)) refuse(ranges);
  const cidrs = [...ranges].map((given) => {
    const range = parseIpRange(given);
    // A prefix of no bits would be every address, which no option here may mean.
    return range?.isExact && range.prefix > 0 ? cidrOf(range) : refuse(given);
  });
  return [...new Set(cidrs)].sort();
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

import { Construct } from 'constructs';
import { checkHost } from './host';
import { familyOf, parseIpRange } from './ip-range';
import { checkWholeNumber } from './numbers';
import { meetsNeverOutside } from './special-addresses';
import { EgressError } from '../errors';
import { checkOptions, Options } from '../options';

/** A place where hosts are found. */
export interface EgressEndpoint {
  /** IP address (either family) or DNS name. */
  readonly address: string;

  /**
   * Share of the calls, against the other endpoints' weights. From 1.
   * @default - equal shares
   */
  readonly weight?: number;

  /**
   * Where it is, as "region/zone". The exit's pods prefer the endpoints of their own region and zone and fail over to the
   * others, for which `outlierDetection` must say when an endpoint has failed.
   * @default - everywhere alike
   */
  readonly locality?: string;
}

const ENDPOINT: Options<EgressEndpoint> = { address: 'checked', weight: 'checked', locality: 'checked' };

/** Whether all endpoints are addresses, so that nothing is to be looked up. */
export function areAddresses(endpoints: readonly EgressEndpoint[]): boolean {
  return endpoints.every(({ address }) => familyOf(address) > 0);
}

/** @throws EndpointSyntax, OutOfRange, NotOutside, WrongType, OptionUnknown, what a host can throw */
export function checkEndpoints(
  scope: Construct,
  endpoints: EgressEndpoint[],
  detectsOutliers: boolean,
): EgressEndpoint[] {
  const refuse = (what: string, given: unknown, fix: string): never => {
    const allowed = 'an IP address or DNS name, a locality as "region/zone"';
    throw new EgressError('EndpointSyntax', scope, { what, given, allowed, fix });
  };
  if (!Array.isArray(endpoints) || endpoints.length === 0) {
    refuse('there is no endpoint', endpoints, 'leave `endpoints` out for the hosts themselves');
  }
  const checked = [...endpoints].map((given) => {
    const { address, weight, locality } = checkOptions(scope, given, ENDPOINT);
    const never = meetsNeverOutside(address);
    if (never) {
      throw new EgressError('NotOutside', scope, {
        what: `the endpoint is no address of a host outside: ${never} is this machine, the link, a group, an IPv4 address in IPv6 form, or where clouds give credentials away`,
        given: address,
        allowed: 'addresses of hosts outside',
        fix: 'leave it out: no exit leads there',
      });
    }
    if (weight !== undefined) checkWholeNumber(scope, 'weight', weight, [1, 1_000_000]);
    if (
      locality !== undefined &&
      !(typeof locality === 'string' && /^[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*){0,2}$/i.test(locality))
    ) {
      refuse(
        'the locality is not "region/zone"',
        locality,
        'use the names that the nodes carry in their topology labels',
      );
    }
    const ip = parseIpRange(address);
    return { address: ip && familyOf(address) ? ip.text : checkHost(scope, address), weight, locality };
  });
  if (checked.some(({ locality }) => locality !== undefined) && !detectsOutliers) {
    refuse(
      'endpoints with a locality never fail over without `outlierDetection`: nothing would say when one has failed',
      undefined,
      'set `outlierDetection`, or leave `locality` out',
    );
  }
  return checked;
}

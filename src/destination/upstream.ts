import { Construct } from 'constructs';
import { ConnectionLimits, ResolvedConnectionLimits, resolveConnectionLimits } from './connection-limits';
import { areAddresses, checkEndpoints, EgressEndpoint } from './egress-endpoint';
import { OutlierDetection, ResolvedOutlierDetection, resolveOutlierDetection } from './outlier-detection';
import { EgressError } from '../errors';
import { Options } from '../options';

/** How an exit finds the addresses of a host. */
export enum HostResolution {
  /** By DNS; every address of the answer takes calls. */
  DNS = 'DNS',

  /** By DNS; new connections go to the first address of the latest answer. For hosts that change addresses often. */
  DNS_ROUND_ROBIN = 'DNS_ROUND_ROBIN',
}

/** How an exit finds an external host and connects to it. */
export interface UpstreamOptions {
  /**
   * How the exit finds the host's addresses.
   * @default HostResolution.DNS
   */
  readonly resolution?: HostResolution;

  /**
   * Where the host is, instead of what DNS says about its name: IP addresses, or names of servers.
   * @default - at its own name
   */
  readonly endpoints?: EgressEndpoint[];

  /**
   * Limits for the connections from each pod of the exit to each host.
   * @default - Envoy's
   */
  readonly connectionLimits?: ConnectionLimits;

  /**
   * When an address of a host is left out for a while.
   * @default - never
   */
  readonly outlierDetection?: OutlierDetection;
}

/** The options of this struct, and the kind of value that each takes. */
export const UPSTREAM: Options<UpstreamOptions> = {
  resolution: 'checked',
  endpoints: 'checked',
  connectionLimits: 'checked',
  outlierDetection: 'checked',
};

/** How an exit connects to a host. All declarations of a host at an exit share it, so they have to agree. */
export interface Upstream {
  /** STATIC follows from endpoints that are addresses. */
  readonly resolution: 'DNS' | 'DNS_ROUND_ROBIN' | 'STATIC';
  readonly endpoints?: EgressEndpoint[];
  readonly connectionLimits?: ResolvedConnectionLimits;
  readonly outlierDetection?: ResolvedOutlierDetection;
}

/** @throws ResolutionNone, EndpointSyntax, OutOfRange */
export function resolveUpstream(scope: Construct, options: UpstreamOptions): Upstream {
  const { resolution = HostResolution.DNS, connectionLimits, outlierDetection } = options;
  if (resolution !== HostResolution.DNS && resolution !== HostResolution.DNS_ROUND_ROBIN) {
    throw new EgressError('ResolutionNone', scope, {
      what: 'hosts can only be found by DNS or at given endpoints; sent "to where they were going", calls to a gateway go round for ever and calls of a sidecar reach any address',
      given: resolution,
      allowed: 'HostResolution.DNS, HostResolution.DNS_ROUND_ROBIN, or `endpoints`',
      fix: 'leave `resolution` out',
    });
  }
  const endpoints =
    options.endpoints === undefined
      ? undefined
      : checkEndpoints(scope, options.endpoints, outlierDetection !== undefined);
  const isStatic = endpoints !== undefined && areAddresses(endpoints);
  if (!isStatic && resolution === HostResolution.DNS_ROUND_ROBIN && (endpoints?.length ?? 0) > 1) {
    throw new EgressError('EndpointSyntax', scope, {
      what: 'Istio takes one endpoint with DNS_ROUND_ROBIN',
      given: endpoints,
      allowed: 'one endpoint, HostResolution.DNS, or endpoints that are all IP addresses',
      fix: 'leave `resolution` out',
    });
  }
  return {
    resolution: isStatic ? 'STATIC' : resolution,
    endpoints,
    connectionLimits: connectionLimits === undefined ? undefined : resolveConnectionLimits(scope, connectionLimits),
    outlierDetection: outlierDetection === undefined ? undefined : resolveOutlierDetection(scope, outlierDetection),
  };
}

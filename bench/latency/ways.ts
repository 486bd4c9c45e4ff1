import { Expectation } from '../../e2e/world/expect';
import { Pattern } from '../mesh/patterns';

/** Who calls: a namespace of each, with one workload. */
export const CALLERS = {
  none: 'outside/caller',
  sidecar: 'straight/caller',
  documentation: 'payments/checkout',
  ours: 'ours/caller',
  ambient: 'ambient/caller',
};

/** A way to a server outside. */
export interface ExitUse {
  readonly name: string;
  readonly from: string;
  readonly url: string;
  /** That it is this way is looked at before it is measured. */
  readonly expect: Expectation;
}

/** A pattern, with the ways that are compared; the first is the direct path. */
export interface Comparison {
  readonly pattern: string;
  readonly ways: ExitUse[];
}

export const hostOf = (pattern: string, way: string) => `${pattern}.${way}.example.com`;

const GATEWAYS = { ours: 'istio-egress/istio-egress', documentation: 'istio-egress/istio-egressgateway' };
const OUR_WAYPOINT = 'egress-waypoint/egress-waypoint';
const OTHER_WAYPOINT = 'waypoint-by-hand/waypoint';

function toServer(name: string, from: string, url: string, through: string[]): ExitUse {
  return { name, from, url, expect: { outcome: 'allowed', through } };
}

const DIRECT = 'direct path, no proxy';
export const BY_HAND = 'hand-written, as documented';
export const OURS = 'this library';
/** Through a gateway: what the application calls, and what it would call without one. */
function throughGateway(pattern: Pattern, called: (host: string) => string, alone = called): Comparison {
  return {
    pattern,
    ways: [
      toServer(DIRECT, CALLERS.none, alone(hostOf(pattern, 'direct')), []),
      toServer(BY_HAND, CALLERS.documentation, called(hostOf(pattern, 'documentation')), [GATEWAYS.documentation]),
      toServer(OURS, CALLERS.ours, called(hostOf(pattern, 'ours')), [GATEWAYS.ours]),
    ],
  };
}

const http = (host: string) => `http://${host}/`;
const https = (host: string) => `https://${host}/`;

/** All that is compared. */
export const COMPARISONS: Comparison[] = [
  throughGateway('http', http),
  throughGateway('tls-origination', http, https),
  throughGateway('tls-passthrough', https),
  throughGateway('tcp', (host) => `tcp://${host}:5432`),
  {
    pattern: 'direct egress',
    ways: [
      toServer(DIRECT, CALLERS.none, http(hostOf('http', 'direct')), []),
      toServer(BY_HAND, CALLERS.sidecar, http(hostOf('sidecar', 'documentation')), []),
      toServer(OURS, CALLERS.ours, http(hostOf('sidecar', 'ours')), []),
    ],
  },
  {
    pattern: 'waypoint',
    ways: [
      toServer(DIRECT, CALLERS.none, https(hostOf('tls-origination', 'direct')), []),
      toServer(BY_HAND, CALLERS.ambient, http(hostOf('waypoint', 'documentation')), [OTHER_WAYPOINT]),
      toServer(OURS, CALLERS.ambient, http(hostOf('waypoint', 'ours')), [OUR_WAYPOINT]),
    ],
  },
];

import { Construct } from 'constructs';
import { directFrom, Upstreams, upstreamsOf, ExitUse, exitUses } from './exit-use';
import { addresses, Peer, podsOf, tcp, to } from './peers';
import { IpBlock, outside } from './ranges';
import { describe } from '../errors';
import { EgressExit } from '../exit/egress-exit';
import { HBONE } from '../waypoint/waypoint-address';

/** How a namespace uses exits, besides what is declared. */
export interface Uses {
  readonly ambient: boolean;
  /** Exits that other repos use for it. */
  readonly exits: EgressExit[];
}

/** The openings to the exits that a namespace uses: their pods, on the ports that they listen on. */
export function exitOpenings(scope: Construct, namespace: string, { ambient, exits }: Uses): object[] {
  return exitUses(scope, namespace, exits).map((way) =>
    to([podsOf([way.exit.namespace], way.exit.selector)], tcp(...(ambient ? [HBONE] : (targetPorts(way) as number[])))),
  );
}

/** The openings for what the namespace's sidecars reach by themselves. */
export function directOpenings(scope: Construct, namespace: string, clusterRanges: string[]): object[] {
  return outsideOpenings(upstreamsOf(directFrom(scope, namespace)), clusterRanges);
}

/** The openings to hosts outside: to their addresses where they are known, else to every address on their port. */
export function outsideOpenings(upstreams: Upstreams[], clusterRanges: string[]): object[] {
  const anywhere = upstreams.filter(({ ranges }) => ranges === undefined).map(({ port }) => port);
  const known = new Map<string, number[]>();
  for (const { port, ranges } of upstreams) {
    if (!ranges) continue;
    const key = ranges.join();
    known.set(key, [...(known.get(key) ?? []), port]);
  }
  return [
    ...(anywhere.length > 0 ? [to(outside(clusterRanges).map(peer), tcp(...anywhere))] : []),
    ...[...known].map(([ranges, ports]) => to(addresses(ranges.split(',')), tcp(...ports))),
  ];
}

/** Why a namespace cannot be closed, as validation reports it. */
export function openingProblems(
  scope: Construct,
  namespace: string,
  { ambient, exits, directPorts }: Uses & { readonly directPorts: boolean },
): string[] {
  const unknown = exitUses(scope, namespace, exits)
    .filter((way) => !way.exit.selector || (!ambient && targetPorts(way).includes(undefined)))
    .map(({ exit }) =>
      describe('GuardExitUnknown', scope, {
        what: `${namespace} uses an exit of which nothing tells the pods' labels or the ports on which they listen; network policies are about these, not about Services`,
        given: `${exit.namespace}/${exit.exitName}: labels ${JSON.stringify(exit.selector)}, ports ${JSON.stringify(exit.targetPorts)}`,
        allowed: "the labels of the exit's pods and the `targetPort`s of its Services",
        fix: 'set `labels`, `httpTargetPort` and `tlsTargetPort` in EgressGateway.imported, or the ports in GatewayWorkload.existing',
      }),
    );
  if (directPorts) return unknown;
  const direct = upstreamsOf(directFrom(scope, namespace)).filter(({ ranges }) => ranges === undefined);
  if (direct.length === 0) return unknown;
  return [
    ...unknown,
    describe('GuardDirect', scope, {
      what: `sidecars of ${namespace} call hosts by themselves; a network policy knows no names, so that the ports would be open to every address, past the sidecars too`,
      given: direct.map(({ port }) => `port ${port}`),
      allowed: 'calls through an EgressGateway, or `endpoints` that are IP addresses',
      fix: 'declare the hosts with an EgressGateway, or say `directPortsToAnyAddress: true`',
    }),
  ];
}

function targetPorts({ exit, http, opaque }: ExitUse): (number | undefined)[] {
  return [...(http ? [exit.targetPorts.http] : []), ...(opaque ? [exit.targetPorts.opaque] : [])];
}

const peer = (ipBlock: IpBlock): Peer => ({ ipBlock });

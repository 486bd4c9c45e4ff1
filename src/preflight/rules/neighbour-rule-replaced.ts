import { DestinationRule } from '../../model/destination-rule';
import { isWildcard, covers } from '../../model/hosts';
import { Call, callName, gatewayCalls, hopOf, sidecarCalls } from '../calls';
import { Connection } from '../destination-rules';
import { Exit } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';
import { placeServers, targetPort } from '../servers';

/**
 * A DestinationRule of ours that changes how others' calls go: mutual TLS at its top also wraps what they pass through a
 * gateway that both use, and where `exportTo` differs, only one of the two rules counts.
 */
export function* neighbourRuleReplaced({ world, exits }: Context): Iterable<Finding> {
  const ours = world.destinationRules.filter((rule) => world.isOurs(rule));
  const hosts = new Set(ours.map(({ host }) => host).filter((host) => !isWildcard(host)));
  const patterns = ours.map(({ host }) => host).filter(isWildcard);
  const touched = (host: string) => hosts.has(host) || patterns.some((pattern) => covers(pattern, host));
  const theirs = world.virtualServices.filter(
    (vs) => !world.isOurs(vs) && vs.routes.some(({ destinations }) => destinations.some(({ host }) => touched(host))),
  );
  const namespaces = new Set(ours.flatMap((rule) => (isPrivate(rule) ? [rule.namespace] : [...world.namespaces])));
  const calls = [...sidecarCalls(theirs, namespaces), ...gatewayCalls(theirs, exits)].filter(
    ({ to, namespace }) => touched(to.host) && namespaces.has(namespace),
  );
  for (const call of calls) {
    const asked = hopOf(world, call);
    const before = world.rules.theirs.connection(asked);
    const after = world.rules.all.connection(asked);
    const what = difference(call, before, after);
    // Between sidecars mutual TLS is what Istio does anyway; a gateway is called without, unless a rule says so.
    const usual = world.inCluster(call.to.host) && world.inCluster(call.host) && !world.isGatewayService(call.to.host);
    if (usual && before.mode === undefined && after.mode === 'ISTIO_MUTUAL') continue;
    const replacing = after.from.find((rule) => world.isOurs(rule)) ?? ours.find(({ host }) => host === call.to.host);
    if (!what || !replacing || isWelcome(exits, call, asked.port, after)) continue;
    yield {
      code: 'NeighbourRuleReplaced',
      severity: 'error',
      object: call.via.manifest,
      what: `our ${nameOf(replacing.manifest)} changes how its calls go to ${call.to.host}: ${what}`,
      fix: 'give our exit a gateway, with a Service, of its own; or move its calls to it as well',
      affects: [callName(call), ...before.from.map(({ manifest }) => nameOf(manifest))],
    };
  }
}

/** Whether the gateway's own servers ask for what ours brings: then the calls did not work without it. */
function isWelcome(exits: Exit[], { to }: Call, port: number | undefined, after: Connection): boolean {
  const exit = exits.find(({ services }) => services.some(({ host }) => host === to.host));
  if (!exit || port === undefined || after.mode !== 'ISTIO_MUTUAL') return false;
  const servers = placeServers(exit).filter(
    (placed) => !placed.skippedFor && placed.port === targetPort(port, exit.services),
  );
  return servers.length > 0 && servers.every(({ server }) => server.tls === 'ISTIO_MUTUAL');
}

function isPrivate({ exportTo, namespace, selector }: DestinationRule): boolean {
  return selector !== undefined || (exportTo.length === 1 && ['.', namespace].includes(exportTo[0]));
}

function difference({ to }: Call, before: Connection, after: Connection): string | undefined {
  if (!before.found) return undefined;
  if (!after.found) return `subset ${to.subset} is lost, and they fail with 503`;
  if (before.tls === after.tls) return undefined;
  const name = ({ mode }: Connection) => (mode === undefined ? 'no TLS of their own' : `TLS mode ${mode}`);
  return `${name(after)} instead of ${name(before)}`;
}

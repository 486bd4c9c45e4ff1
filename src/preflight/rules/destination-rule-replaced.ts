import { Manifest } from '../../model/manifest';
import { labelText } from '../../model/selectors';
import { Call, callName, hopOf } from '../calls';
import { Connection } from '../destination-rules';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';
import { World } from '../world';

/**
 * A DestinationRule of somebody else that counts instead of ours, or is merged with it: the client's namespace is looked at
 * first, then the host's, then the root namespace; of several in one namespace, the oldest or the newest counts, depending
 * on their `exportTo`.
 */
export function* destinationRuleReplaced({ world, clientCalls, exitCalls }: Context): Iterable<Finding> {
  for (const call of [...clientCalls, ...exitCalls]) {
    // Who runs a Service may say how it is called, where we say nothing and it is none of the exit's.
    const ownersMatter = isOwners(world, call) && !world.isGatewayService(call.to.host);
    for (const labels of [{}, ...world.rules.all.selectors(call.namespace, call.to.host)]) {
      const asked = hopOf(world, call);
      const meant = world.rules.ours.connection(asked, labels);
      if (meant.from.length === 0 && ownersMatter) continue;
      const actual = world.rules.all.connection(asked, labels);
      const what = difference(world, call, meant, actual);
      const lost = what ? undefined : lostVersion(meant, actual);
      if (!what && !lost) continue;
      for (const object of culprits(world, call, actual)) {
        yield {
          code: lost ? 'DestinationRuleSettingsLost' : 'DestinationRuleReplaced',
          severity: lost ? 'warning' : 'error',
          object,
          what: `${how(call, labels, meant, actual)}: ${what ?? lost}`,
          fix: fix(world, call, object),
          affects: [callName(call)],
        };
      }
    }
  }
}

function difference(world: World, call: Call, meant: Connection, actual: Connection): string | undefined {
  if (!meant.found) return undefined; // Ours does not work by itself.
  if (!actual.found) return `subset ${call.to.subset} is not in it, and calls fail with 503`;
  if (meant.tls === actual.tls) return undefined;
  const isLeftToIstio = actual.mode === undefined && meant.sni === undefined && world.takesMutualTls(call.to.host);
  if (meant.mode === 'ISTIO_MUTUAL' && isLeftToIstio) return undefined;
  if (meant.mode === 'ISTIO_MUTUAL' && actual.mode !== 'ISTIO_MUTUAL') {
    return `calls reach the gateway ${mode(actual)} instead of mutual TLS of the mesh, and fail with 503`;
  }
  const way = call.proxy === 'gateway' ? 'leave the gateway' : 'leave the sidecar';
  if (meant.mode === actual.mode) return `calls ${way} with other TLS settings than ours`;
  return `calls ${way} ${mode(actual)} instead of ${mode(meant)}`;
}

/** What Istio does where no version is said is HTTP/1.1, for all that comes to these ports. */
function lostVersion(meant: Connection, actual: Connection): string | undefined {
  const { http = 'HTTP/1.1' } = actual;
  if (!meant.found || meant.http === undefined || meant.http === http) return undefined;
  return `calls go on in ${http} instead of ${meant.http}, so that gRPC or WebSocket may fail`;
}

function mode(connection: Connection): string {
  if (connection.mode === undefined || connection.mode === 'DISABLE') return 'without TLS';
  return `with TLS mode ${connection.mode}`;
}

/** The rules of others that decided; where ours decided and is not what it was meant to be, those it was merged with. */
function culprits(world: World, call: Call, actual: Connection): Manifest[] {
  const deciding = actual.from.filter((rule) => !world.isOurs(rule));
  const around = world.destinationRules.filter(
    (rule) => !world.isOurs(rule) && rule.namespace === call.namespace && rule.host === call.to.host,
  );
  return (deciding.length > 0 ? deciding : around).map(({ manifest }) => manifest);
}

/** A call to a Service by its own name, or from a gateway to what stands behind it: no hop of an egress. */
function isOwners(world: World, { proxy, host, to }: Call): boolean {
  return world.inCluster(to.host) && (proxy === 'gateway' || world.inCluster(host));
}

function how({ to }: Call, labels: Record<string, string>, meant: Connection, actual: Connection): string {
  if (meant.from.length === 0) return `it counts for ${to.host}, for which we have none${forSome(labels)}`;
  if (actual.from.length === 0) {
    return `ours for ${to.host} is merged into it, and is lost for pods that its selector does not match`;
  }
  return `it counts for ${to.host} instead of ours${forSome(labels)}`;
}

function forSome(labels: Record<string, string>): string {
  return Object.keys(labels).length > 0 ? ` for pods with ${labelText(labels)}` : '';
}

function fix(world: World, call: Call, object: Manifest): string {
  const ours = world.destinationRules.find((rule) => world.isOurs(rule) && rule.host === call.to.host);
  const same = ours && ours.namespace === object.namespace;
  return same
    ? `keep one DestinationRule for the host in ${object.namespace}: move its subsets to ${nameOf(ours.manifest)}, and remove it`
    : 'remove it, or narrow its `host` or `exportTo` so that it does not hold here';
}

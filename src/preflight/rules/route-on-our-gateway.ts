import { Gateway, hostsFor } from '../../model/gateway';
import { overlap } from '../../model/hosts';
import { VirtualService } from '../../model/virtual-service';
import { Exit } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/**
 * A VirtualService of somebody else that binds to a Gateway of ours: the hosts of our servers accept it. For a host that we
 * have too, the routes of both are tried one after the other, those that fewer namespaces see and the older ones first.
 */
export function* routeOnOurGateway({ world, exits, exitCalls }: Context): Iterable<Finding> {
  for (const exit of exits) {
    for (const gateway of exit.gateways.filter((candidate) => world.isOurs(candidate))) {
      const bound = world.virtualServices.filter((vs) => binds(vs, gateway, exit));
      const ours = exitCalls.filter(
        ({ route, namespace }) => namespace === exit.namespace && route.gateways.includes(gateway.id),
      );
      for (const theirs of bound.filter((vs) => !world.isOurs(vs))) yield* judge(gateway, theirs, bound, ours);
    }
  }
}

function* judge(
  gateway: Gateway,
  theirs: VirtualService,
  bound: VirtualService[],
  ours: Context['exitCalls'],
): Iterable<Finding> {
  const shared = [...new Set(ours.map(({ host }) => host))].filter((host) => theirs.hosts.includes(host));
  const rank = (vs: VirtualService) => (vs.exportTo.everywhere ? bound.length : 0) + bound.indexOf(vs);
  const first = shared.filter((host) => ours.some((call) => call.host === host && rank(theirs) < rank(call.via)));
  const fix = `bind it to a Gateway of its own; or accept only our namespace in ${nameOf(gateway.manifest)}, with hosts "./*"`;
  const common = { code: 'RouteOnOurGateway', object: theirs.manifest, fix } as const;
  if (first.length > 0) {
    const what = `it is bound to our ${nameOf(gateway.manifest)} for a host of ours, and its routes come before ours: it decides where the calls go`;
    yield { ...common, severity: 'error', what, affects: first };
    return;
  }
  yield {
    ...common,
    severity: 'warning',
    what:
      shared.length > 0
        ? `it is bound to our ${nameOf(gateway.manifest)} for a host of ours; our routes come first, and take what they match`
        : `it is bound to our ${nameOf(gateway.manifest)} and adds hosts of its own to it`,
    affects: shared.length > 0 ? shared : theirs.hosts,
  };
}

function binds(vs: VirtualService, gateway: Gateway, exit: Exit): boolean {
  if (!vs.exportTo.reaches(exit.namespace)) return false;
  if (!vs.routes.some(({ gateways }) => gateways.includes(gateway.id))) return false;
  const accepted = gateway.servers.flatMap((server) => hostsFor(server, vs.namespace));
  return vs.hosts.some((host) => accepted.some((pattern) => overlap(pattern, host)));
}

import { MESH } from '../../model/virtual-service';
import { Call } from '../calls';
import { Finding } from '../finding';
import { Context } from '../rule';
import { World } from '../world';

/**
 * A ServiceEntry by which sidecars know a port of our host that no route leads to a gateway: such calls leave from the pod,
 * past the exit and its policies.
 */
export function* hostLeavesDirectly({ world, clientCalls }: Context): Iterable<Finding> {
  const led = group(clientCalls.filter(({ to }) => world.inCluster(to.host)));
  for (const { namespace, host, ports } of led.values()) {
    if (ports.has(undefined)) continue;
    const known = [
      ...world.registry.all.forSidecar(namespace, host),
      ...world.registry.all.patternsFor(host).filter((entry) => entry.exportTo.reaches(namespace)),
    ];
    for (const entry of known.filter(
      (candidate) => !world.isOurs(candidate) && !candidate.kubernetes && candidate.reachable,
    )) {
      const open = entry.ports
        .map(({ number }) => number)
        .filter((port) => !ports.has(port) && !isLed(world, namespace, [host, entry.host], port));
      if (open.length === 0) continue;
      yield {
        code: 'HostLeavesDirectly',
        severity: 'warning',
        object: entry.manifest,
        what: "clients' sidecars can call our host on ports of this ServiceEntry straight from the pod, past our exit and what it allows",
        fix: "declare these ports through the exit, or narrow its `exportTo` so that the clients' namespaces do not see it",
        affects: open.map((port) => `${host}:${port} from ${namespace}`),
      };
    }
  }
}

function group(calls: Call[]) {
  const led = new Map<string, { namespace: string; host: string; ports: Set<number | undefined> }>();
  for (const { namespace, host, port } of calls) {
    const known = led.get(`${namespace}/${host}`) ?? { namespace, host, ports: new Set() };
    known.ports.add(port);
    led.set(`${namespace}/${host}`, known);
  }
  return led;
}

/** Whether any route of the mesh leads the port, which is then its owner's business. */
function isLed(world: World, namespace: string, hosts: string[], port: number): boolean {
  return world
    .routesOf(hosts)
    .some(
      (vs) =>
        vs.exportTo.reaches(namespace) &&
        vs.routes.some((route) => route.gateways.includes(MESH) && (route.port === undefined || route.port === port)),
    );
}

import { World } from './world';
import { Gateway } from '../model/gateway';
import { HostEntry } from '../model/host-entry';
import { labelText, selects } from '../model/selectors';
import { VirtualService } from '../model/virtual-service';
import { Workload } from '../model/workload';

/** Gateway pods that a Gateway or a route of ours uses, and everything that is put on them. */
export interface Exit {
  readonly namespace: string;
  /** The labels of the pods; where no pods were found, those that our Gateway asks for. */
  readonly labels: Record<string, string>;
  /** The pods; undefined where neither side has them. */
  readonly workload?: Workload;
  /** The Gateways on these pods, the oldest first. */
  readonly gateways: Gateway[];
  /** The Services in front of them. */
  readonly services: HostEntry[];
  /** The VirtualServices that are bound to one of the Gateways. */
  readonly routes: VirtualService[];
}

/** Finds the exits: the pods of each Gateway that is ours, or that a route of ours is bound to. */
export function findExits(world: World): Exit[] {
  const bound = new Set(
    world.virtualServices
      .filter((vs) => world.isOurs(vs))
      .flatMap((vs) => vs.routes.flatMap((route) => route.gateways)),
  );
  const exits = new Map<string, Exit>();
  for (const gateway of world.gateways) {
    if (!world.isOurs(gateway) && !bound.has(gateway.id)) continue;
    for (const pods of podsOf(world, gateway)) {
      const key = JSON.stringify([pods.namespace, Object.entries(pods.labels).sort()]);
      if (!exits.has(key)) exits.set(key, { ...pods, ...around(world, pods) });
    }
  }
  return [...exits.values()];
}

/** Whether a Gateway is put on pods of a namespace with these labels. */
export function isOn(world: World, gateway: Gateway, pods: Pick<Exit, 'namespace' | 'labels'>): boolean {
  if (world.settings.scopedGateways && gateway.namespace !== pods.namespace) return false;
  return selects(gateway.selector, pods.labels);
}

/**
 * Whether pods can be those that a Gateway is for. Only gateways read Gateways; where a selector asks for labels, pods of the
 * Gateway's own namespace that do not show what they are may be some.
 */
export function isGatewayOf(gateway: Gateway, pods: Workload): boolean {
  const asked = Object.keys(gateway.selector).length > 0;
  return !pods.owned && (pods.gateway || (asked && pods.namespace === gateway.namespace));
}

type Pods = Pick<Exit, 'namespace' | 'labels' | 'workload'>;

function podsOf(world: World, gateway: Gateway): Pods[] {
  const found = world.workloads
    .filter((workload) => isGatewayOf(gateway, workload) && isOn(world, gateway, workload))
    .map((workload) => ({ namespace: workload.namespace, labels: workload.labels, workload }));
  if (found.length > 0) return found;
  return [{ namespace: gateway.namespace, labels: gateway.selector }];
}

function around(world: World, pods: Pods): Pick<Exit, 'gateways' | 'services' | 'routes'> {
  const gateways = world.gateways.filter((gateway) => isOn(world, gateway, pods));
  const names = new Set(gateways.map(({ id }) => id));
  return {
    gateways,
    services: world.hostEntries.filter(
      ({ selector, namespace }) => selector && namespace === pods.namespace && selects(selector, pods.labels),
    ),
    routes: world.virtualServices.filter(
      ({ exportTo, routes }) =>
        exportTo.reaches(pods.namespace) && routes.some((route) => route.gateways.some((name) => names.has(name))),
    ),
  };
}

/** How texts name the pods of an exit. */
export function podsName({ workload, namespace, labels }: Exit): string {
  if (workload) return `${workload.manifest.kind} ${namespace}/${workload.manifest.name}`;
  return `the pods ${labelText(labels)} in ${namespace}`;
}

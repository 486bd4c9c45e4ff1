import { Call, gatewayCalls, sidecarCalls } from './calls';
import { Exit, findExits } from './exits';
import { Finding } from './finding';
import { World } from './world';

/** What rules look at. */
export interface Context {
  readonly world: World;
  /** The pods that our Gateways and routes use. */
  readonly exits: Exit[];
  /** The calls that our routes lead from sidecars. */
  readonly clientCalls: Call[];
  /** The calls that our routes lead from gateways. */
  readonly exitCalls: Call[];
}

/** One thing that can go wrong. A rule is in one file, with the reason and Istio's source for it. */
export type Rule = (context: Context) => Iterable<Finding>;

/** Works out once what several rules need. */
export function toContext(world: World): Context {
  const ours = world.virtualServices.filter((virtualService) => world.isOurs(virtualService));
  const exits = findExits(world);
  return {
    world,
    exits,
    clientCalls: sidecarCalls(ours, world.namespaces),
    exitCalls: gatewayCalls(ours, exits),
  };
}

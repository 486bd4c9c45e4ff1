import { ApiObject } from 'cdk8s';

/**
 * The objects in a caller's namespace that lead its calls to the exit: one set for each host, which all declarations of the
 * host for the namespace share. They decide nothing: without the exit's grant the calls are refused there, and without these
 * objects the hosts are unknown.
 */
export interface IClientHop {
  /** The namespace whose calls are led. */
  readonly namespace: string;

  /** The routes, one for each host; straight out only if the application speaks HTTP. */
  readonly virtualServices: ApiObject[];

  /** How to connect straight out, one for each host. How to connect to a gateway is said beside it, by its owner. */
  readonly destinationRules: ApiObject[];

  /**
   * What makes sidecars listen on the ports, one for each host; none for port 80, where a sidecar routes a host by its
   * VirtualService alone, unless it is a wildcard. On the way to a gateway they have no endpoint, so that they open nothing while the
   * route is not applied yet.
   */
  readonly serviceEntries: ApiObject[];
}

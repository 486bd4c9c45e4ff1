import { selects } from '../../model/selectors';
import { isOn, podsName } from '../exits';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';

/** A Service before the exit that also selects pods on which our Gateway is not: every so many calls end there. */
export function* serviceSelectsOthers({ world, exits, clientCalls }: Context): Iterable<Finding> {
  const called = new Set(clientCalls.map(({ to }) => to.host));
  for (const exit of exits) {
    const gateways = exit.gateways.filter((gateway) => world.isOurs(gateway));
    if (gateways.length === 0) continue;
    for (const service of exit.services.filter(({ host }) => called.has(host))) {
      const strangers = world.workloads.filter(
        (pods) =>
          pods.namespace === exit.namespace &&
          !pods.owned &&
          selects(service.selector!, pods.labels) &&
          !gateways.some((gateway) => isOn(world, gateway, pods)),
      );
      if (strangers.length === 0) continue;
      yield {
        code: 'ServiceSelectsOthers',
        severity: 'error',
        object: service.manifest,
        what: `besides ${podsName(exit)} it selects pods that our Gateway is not on: part of the calls fail with 503`,
        fix: 'make its selector as narrow as that of our Gateway',
        affects: strangers.map(({ manifest }) => nameOf(manifest)),
      };
    }
  }
}

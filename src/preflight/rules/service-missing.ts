import { callName } from '../calls';
import { Finding } from '../finding';
import { Context } from '../rule';

/** A route of ours to a Service that is on neither side. */
export function* serviceMissing({ world, clientCalls }: Context): Iterable<Finding> {
  if (!world.servicesKnown) return;
  for (const call of clientCalls) {
    const { host } = call.to;
    if (!world.inCluster(host) || world.registry.all.claims(host).length > 0) continue;
    yield {
      code: 'ServiceMissing',
      severity: 'error',
      object: call.via.manifest,
      what: `it leads calls to ${host}, and no such Service is in the cluster or among ours: they fail with 503`,
      fix: 'apply the gateway first, or correct its name or namespace where the exit is imported',
      affects: [callName(call)],
    };
  }
}

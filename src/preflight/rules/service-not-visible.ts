import { callName } from '../calls';
import { Finding } from '../finding';
import { Context } from '../rule';

/**
 * The exit's Service is not exported to a client's namespace, by its annotation `networking.istio.io/exportTo` or by the
 * mesh's `defaultServiceExportTo`.
 */
export function* serviceNotVisible({ world, clientCalls }: Context): Iterable<Finding> {
  for (const call of clientCalls) {
    if (!world.inCluster(call.to.host)) continue;
    const services = world.registry.all.claims(call.to.host);
    if (services.length === 0 || services.some(({ exportTo }) => exportTo.reaches(call.namespace))) continue;
    yield {
      code: 'ServiceNotVisible',
      severity: 'error',
      object: services[0].manifest,
      what: "clients' sidecars do not see it, because it is not exported to them: our calls to it fail",
      fix: 'annotate it with networking.istio.io/exportTo: "*", or name the namespaces of the clients there',
      affects: [callName(call)],
    };
  }
}

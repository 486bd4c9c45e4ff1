import { callName } from '../calls';
import { Finding } from '../finding';
import { Context } from '../rule';

/**
 * Sidecars listen for HTTP on port 80 only while they see some HTTP port 80. Where nobody else has one, the exit's Service
 * has to, by the name of its port or its `appProtocol`.
 */
export function* servicePortProtocol({ world, clientCalls }: Context): Iterable<Finding> {
  for (const call of clientCalls) {
    if (call.route.kind !== 'http' || (call.port ?? 80) !== 80) continue;
    const service = world.registry.all.claims(call.to.host).find(({ kubernetes }) => kubernetes);
    const port = service?.ports.find(({ number }) => number === (call.to.port ?? 80));
    if (!service || !port || port.protocol === 'http' || world.registry.all.listensForHttp(call.namespace, 80)) {
      continue;
    }
    yield {
      code: 'ServicePortProtocol',
      severity: 'error',
      object: service.manifest,
      what: `its port ${port.number} does not say that it speaks HTTP, and no other Service on port 80 does: sidecars do not listen there, and calls are reset`,
      fix: 'name the port "http", or set its appProtocol to "http"',
      affects: [callName(call)],
    };
  }
}

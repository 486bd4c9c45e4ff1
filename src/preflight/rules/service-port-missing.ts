import { callName } from '../calls';
import { Finding } from '../finding';
import { Context } from '../rule';

/** A route of ours to a port that the Service does not have. */
export function* servicePortMissing({ world, clientCalls }: Context): Iterable<Finding> {
  for (const call of clientCalls) {
    const { host, port } = call.to;
    const services = world.registry.all.claims(host).filter(({ kubernetes }) => kubernetes);
    if (port === undefined || services.length === 0) continue;
    const ports = services.flatMap((service) => service.ports.map(({ number }) => number));
    if (ports.includes(port)) continue;
    yield {
      code: 'ServicePortMissing',
      severity: 'error',
      object: services[0].manifest,
      what: `it has no port ${port}, where our routes lead: calls fail with 503, or are reset`,
      fix: `add port ${port} to it; it has ${ports.join(', ') || 'none'}`,
      affects: [callName(call)],
    };
  }
}

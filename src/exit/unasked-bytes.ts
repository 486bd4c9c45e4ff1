import { Declaration } from './declaration';
import { ResolvedPort } from '../destination/egress-port';
import { OpaquePort } from '../destination/opaque-port';
import { EgressError } from '../errors';

/** Whether anyone in the mesh may read what the server of a port sends by itself. */
export function mayBeReadUnasked(port: ResolvedPort): boolean {
  return port.kind === 'tcp' && port.anyoneInMeshMayReadWhatServerSendsUnasked === true;
}

/**
 * Refuses TCP for whole namespaces at a gateway, where a policy and not the handshake decides who calls. Envoy asks a policy about
 * connections when the caller's first byte arrives. It has connected to the host by then, and forwards what the server sends by itself
 * to any caller that stays silent. TLS ports are not concerned: a TLS server sends nothing before the caller's first message.
 *
 * @throws UnaskedBytes
 * @see RoleBasedAccessControlFilter::onData in envoyproxy/envoy, source/extensions/filters/network/rbac
 */
export function checkUnaskedBytes({ scope, ports, clients }: Declaration): void {
  const whole = clients.find(({ namespaceName, serviceAccountName }) => namespaceName && !serviceAccountName);
  const port = ports.find((one): one is OpaquePort => one.kind === 'tcp' && !mayBeReadUnasked(one));
  if (!whole || !port) return;
  throw new EgressError('UnaskedBytes', scope, {
    what: "of a whole namespace a policy decides who calls, which is asked when the caller's first byte arrives: whoever in the mesh stays silent reads all that the server sends by itself",
    given: `${whole} on TCP port ${port.port}`,
    allowed:
      'service accounts, of which the handshake decides; or `anyoneInMeshMayReadWhatServerSendsUnasked: true` on the port, which does no harm where the server waits for its clients, as PostgreSQL, Redis, AMQP, Kafka and LDAP do; MySQL, SSH, SMTP and FTP speak first',
    fix: 'name service accounts',
  });
}

import { Declaration } from './declaration';
import { OpaquePort } from '../destination/opaque-port';
import { EgressError } from '../errors';
import { EgressClient } from '../policy/egress-client';

/** Of whom a policy decides. */
export interface PolicyDecides {
  readonly where: string;
  readonly decides: (client: EgressClient) => boolean;
  readonly fix: string;
}

/**
 * Refuses TCP where a policy decides who calls, and not the handshake. Envoy asks a policy about connections when the caller's first
 * byte arrives; it has connected to the host by then, and what a server sends by itself goes on to whoever stays silent. TLS is
 * no such protocol: a server sends nothing before the caller's first message.
 *
 * @throws UnaskedBytes
 * @see RoleBasedAccessControlFilter::onData in envoyproxy/envoy, source/extensions/filters/network/rbac
 */
export function checkUnaskedBytes(
  { scope, ports, clients }: Declaration,
  { where, decides, fix }: PolicyDecides,
): void {
  const judged = clients.find(decides);
  const port = ports.find((p): p is OpaquePort => p.kind === 'tcp' && !p.anyoneInMeshMayReadWhatServerSendsUnasked);
  if (!judged || !port) return;
  throw new EgressError('UnaskedBytes', scope, {
    what: `${where} a policy decides who calls, which is asked when the caller's first byte arrives: whoever in the mesh stays silent reads all that the server sends by itself`,
    given: `${judged} on TCP port ${port.port}`,
    allowed: `${fix}; or \`anyoneInMeshMayReadWhatServerSendsUnasked: true\` on the port, which does no harm where the server waits for its clients, as PostgreSQL, Redis, AMQP, Kafka and LDAP do; MySQL, SSH, SMTP and FTP speak first`,
    fix,
  });
}

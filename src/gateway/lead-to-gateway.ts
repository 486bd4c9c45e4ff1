import { Construct } from 'constructs';
import { checkWholePorts } from '../client/client-entries';
import { ClientHop, hopToGateway, portsWithServiceEntry } from '../client/client-hop';
import { EgressError } from '../errors';
import { checkCarries } from './gateway-limits';
import { GatewayAddress } from '../exit/address';
import { Declaration, isOnTcp } from '../exit/declaration';

/**
 * Leads the clients of a declaration to a gateway: one hop in each of their namespaces, or a single one for the whole mesh,
 * which stands beside the exit because it belongs to no client.
 *
 * @param owner The gateway, if it is made in this app
 * @throws ExitCannotCarry, ResolutionNone, ClientInExitNamespace
 */
export function leadToGateway(
  scope: Construct,
  gateway: GatewayAddress,
  declaration: Declaration,
  owner?: Construct,
): ClientHop[] {
  checkCarries(gateway, declaration);
  if (isOnTcp(declaration)) checkWholePorts(declaration);
  const namespaces = [...new Set(declaration.clients.map((client) => client.namespaceName))];
  if (!namespaces.includes(undefined)) {
    return namespaces.map((namespace) =>
      hopToGateway(scope, gateway, declaration, { namespace: namespace!, exportTo: '.' }),
    );
  }
  if (!owner) {
    throw new EgressError('ExitCannotCarry', scope, {
      what: "EgressClient.anyInMesh() leads every namespace, which an app cannot do through somebody else's exit",
      given: `${gateway.namespace}/${gateway.exitName}, imported`,
      allowed: 'named clients; the whole mesh where the exit is made',
      fix: "name this app's clients, or let the exit's owner declare the host for the whole mesh",
    });
  }
  const ports = portsWithServiceEntry(gateway, declaration.ports);
  if (ports.length > 0) {
    throw new EgressError('ExitCannotCarry', scope, {
      what: "EgressClient.anyInMesh() needs a ServiceEntry beside the exit's own for the same host, and the exit could take the wrong one",
      given: `port ${ports[0].port}`,
      allowed: 'port 80, through a gateway whose Service has port 80',
      fix: 'name the clients for other ports',
    });
  }
  const place = new Construct(owner, `Mesh ${scope.node.addr}`);
  return [hopToGateway(place, gateway, declaration, { namespace: gateway.namespace, exportTo: '*' })];
}

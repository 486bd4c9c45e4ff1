import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Declaration, DeclarationOptions } from './declaration';
import { GatewayHandle } from './gateway-handle';
import {
  AuthorizationPolicySpecAction,
  AuthorizationPolicySpecRulesFromSource,
  toJson_AuthorizationPolicySpec,
} from '../../imports/security.istio.io';
import { EgressDestination } from '../destination/egress-destination';
import { manifest } from '../mesh/manifest';
import { placedName } from '../naming';
import { EgressClient } from '../policy/egress-client';

/** What an exit lets out, and for whom. */
export interface EgressGrantOptions extends EgressDestination, DeclarationOptions {}

/**
 * The exit's consent to one declaration: the policy that lets its clients through to its hosts. Each grant is an object of
 * its own, so that removing one leaves the others of the same host as they are.
 */
export interface IEgressGrant {
  /** Lets the clients reach the hosts on the ports, and nothing else. */
  readonly authorizationPolicy: ApiObject;
}

/** Makes a grant. */
export class EgressGrant extends Construct implements IEgressGrant {
  public readonly authorizationPolicy: ApiObject;

  public constructor(scope: Construct, id: string, gateway: GatewayHandle, selector: Labels, declaration: Declaration) {
    super(scope, id);
    this.authorizationPolicy = manifest(this, 'AuthorizationPolicy', {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      namespace: gateway.namespace,
      name: placedName(this, gateway.exitName, declaration.name),
      metadata: { ...gateway.metadata, ...declaration.metadata },
      spec: () =>
        toJson_AuthorizationPolicySpec({
          selector: { matchLabels: selector },
          action: AuthorizationPolicySpecAction.ALLOW,
          rules: [{ from: sources(declaration.clients), to: [{ operation: { hosts: authorities(declaration) } }] }],
        }),
    });
  }
}

type Labels = { [key: string]: string };

function sources(clients: EgressClient[]): { source: AuthorizationPolicySpecRulesFromSource }[] {
  if (clients.some((client) => !client.namespaceName)) return [{ source: { principals: ['*'] } }];
  const accounts = clients.filter((client) => client.serviceAccountName).map(String);
  const namespaces = clients.filter((client) => !client.serviceAccountName).map((client) => client.namespaceName!);
  return [
    ...(accounts.length > 0 ? [{ source: { serviceAccounts: accounts } }] : []),
    ...(namespaces.length > 0 ? [{ source: { namespaces } }] : []),
  ];
}

/** The Host headers of the calls that are let through: the port tells destinations of one host apart. */
function authorities({ hosts, ports }: Declaration): string[] {
  return hosts.flatMap((host) =>
    ports.flatMap(({ port }) => (port === 80 ? [host, `${host}:80`] : [`${host}:${port}`])),
  );
}

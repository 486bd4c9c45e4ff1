import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { GatewayHandle } from './gateway-handle';
import { EVERY_NAME_FOR_ACCOUNTS } from './hop-name';
import { ObservedServer } from './hop-servers';
import { sourceBut } from './source-but';
import {
  AuthorizationPolicySpecAction as Action,
  AuthorizationPolicySpecRules,
  toJson_AuthorizationPolicySpec,
} from '../../imports/security.istio.io';
import { manifest } from '../mesh/manifest';
import { dottedName } from '../naming';
import { observedNamespaces } from '../policy/observed';

/**
 * Lets through what a server for service accounts has taken: it has checked in the handshake which of them it is, so that there is
 * nothing left to say of each host. The rule stays as it is whatever is declared. Only servers that take everybody for now are named.
 */
export class AccountPolicy extends Construct {
  public readonly authorizationPolicy: ApiObject;

  public constructor(scope: Construct, id: string, gateway: GatewayHandle, servers: () => ObservedServer[]) {
    super(scope, id);
    const to = [{ operation: { ports: [`${gateway.targetPorts.opaque}`] } }];
    this.authorizationPolicy = policy(this, gateway, ['service.accounts'], Action.ALLOW, () => {
      const observed = servers();
      const notValues = observed.length > 0 ? observed.map(({ serverName }) => serverName) : undefined;
      return [
        {
          from: [{ source: { principals: ['*'] } }],
          to,
          when: [{ key: 'connection.sni', values: [EVERY_NAME_FOR_ACCOUNTS], notValues }],
        },
        ...observed.map(({ serverName, accounts }) => ({
          from: [{ source: { serviceAccounts: accounts } }],
          to,
          when: [{ key: 'connection.sni', values: [serverName] }],
        })),
      ];
    });
  }
}

/**
 * Closes, to everybody but their clients and the observed namespaces, the servers that take everybody because a client's namespace is
 * observed. A policy of its own that denies: it is there before they open, and is pruned after they have closed.
 */
export class ObservedServersPolicy extends Construct {
  public readonly authorizationPolicy: ApiObject;

  public constructor(scope: Construct, id: string, gateway: GatewayHandle, servers: () => ObservedServer[]) {
    super(scope, id);
    this.authorizationPolicy = policy(this, gateway, ['observed.servers'], Action.DENY, () =>
      servers().map(({ serverName, accounts }) => ({
        from: [{ source: sourceBut(accounts, observedNamespaces(this)) }],
        to: [{ operation: { ports: [`${gateway.targetPorts.opaque}`] } }],
        when: [{ key: 'connection.sni', values: [serverName] }],
      })),
    );
  }
}

function policy(
  scope: Construct,
  { namespace, exitName, metadata, selector }: GatewayHandle,
  parts: string[],
  action: Action,
  rules: () => AuthorizationPolicySpecRules[],
): ApiObject {
  return manifest(scope, 'AuthorizationPolicy', {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    namespace,
    name: dottedName(exitName, ...parts),
    metadata,
    spec: () => toJson_AuthorizationPolicySpec({ selector: { matchLabels: selector }, action, rules: rules() }),
  });
}

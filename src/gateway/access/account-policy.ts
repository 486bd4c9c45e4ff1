import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { OwnGatewayAddress } from '../../exit/address';
import { EVERY_NAME_FOR_ACCOUNTS } from '../../exit/server-names';
import { objectsOf } from '../../mesh/manifest';
import { Plain } from '../../mesh/plain';
import { dottedName } from '../../naming';

/**
 * The policy that lets through the connections that a server for service accounts has accepted: the server has checked the caller's
 * certificate in the handshake, so that the policy need not name hosts. It stays as it is whatever is declared, and whichever
 * namespaces are observed.
 */
export class AccountPolicy extends Construct {
  public readonly authorizationPolicy: ApiObject;

  public constructor(scope: Construct, id: string, gateway: OwnGatewayAddress) {
    super(scope, id);
    const { selector, targetPorts } = gateway;
    this.authorizationPolicy = objectsOf(
      this,
      gateway,
    )({
      kind: 'AuthorizationPolicy',
      name: dottedName(gateway.exitName, 'service.accounts'),
      spec: () =>
        ({
          selector: { matchLabels: selector },
          action: 'ALLOW',
          rules: [
            {
              from: [{ source: { principals: ['*'] } }],
              to: [{ operation: { ports: [`${targetPorts.opaque}`] } }],
              when: [{ key: 'connection.sni', values: [EVERY_NAME_FOR_ACCOUNTS] }],
            },
          ],
        }) satisfies Plain<AuthorizationPolicySpec>,
    });
  }
}

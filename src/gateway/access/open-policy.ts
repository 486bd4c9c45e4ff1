import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicySpecAction, toJson_AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { isBelow } from '../../destination/wildcard';
import { OwnGatewayAddress } from '../../exit/address';
import { objectsOf } from '../../mesh/manifest';
import { dottedName } from '../../naming';

/** What anybody may reach who reaches the gateway: the hosts of TLS passthrough without identity. */
export class OpenPolicy extends Construct {
  public readonly authorizationPolicy: ApiObject;
  private readonly hosts = new Set<string>();

  public constructor(
    scope: Construct,
    id: string,
    gateway: OwnGatewayAddress,
    private readonly known: KnownServerNames,
  ) {
    super(scope, id);
    this.authorizationPolicy = objectsOf(
      this,
      gateway,
    )({
      kind: 'AuthorizationPolicy',
      name: dottedName(gateway.exitName, 'without.identity'),
      spec: () =>
        toJson_AuthorizationPolicySpec({
          selector: { matchLabels: gateway.selector },
          action: AuthorizationPolicySpecAction.ALLOW,
          rules: [
            {
              to: [{ operation: { ports: [`${gateway.targetPorts.opaque}`] } }],
              when: [{ key: 'connection.sni', values: [...this.hosts].sort(), notValues: this.closedBelow() }],
            },
          ],
        }),
    });
  }

  /** Lets everybody through to a host. */
  public open(host: string): void {
    this.hosts.add(host);
  }

  /** A wildcard opens nothing that checks who calls: the server names of the hop are below it as well. */
  private closedBelow(): string[] | undefined {
    const wildcards = [...this.hosts];
    const closed = this.known.serverNames.filter((name) => wildcards.some((wildcard) => isBelow(name, wildcard)));
    return closed.length > 0 ? closed.sort() : undefined;
  }
}

/** What an exit is asked for, when everything is declared. */
export interface KnownServerNames {
  /** The server names of the ports that check who calls. */
  readonly serverNames: string[];
}

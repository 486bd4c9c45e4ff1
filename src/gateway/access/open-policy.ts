import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicySpec } from '../../../imports/security.istio.io';
import { isBelow } from '../../destination/host-names';
import { OwnGatewayAddress } from '../../exit/address';
import { objectsOf } from '../../mesh/manifest';
import { Plain } from '../../mesh/plain';
import { dottedName } from '../../naming';

/** The policy for TLS without identity: it lets everybody who reaches the gateway through to these hosts. */
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
        ({
          selector: { matchLabels: gateway.selector },
          action: 'ALLOW',
          rules: [
            {
              to: [{ operation: { ports: [`${gateway.targetPorts.opaque}`] } }],
              when: [{ key: 'connection.sni', values: [...this.hosts].sort(), notValues: this.closedBelow() }],
            },
          ],
        }) satisfies Plain<AuthorizationPolicySpec>,
    });
  }

  /** Lets everybody through to a host. */
  public open(host: string): void {
    this.hosts.add(host);
  }

  /** Server names of the hop that a wildcard includes, and which it must not open: the servers that they ask for check who calls. */
  private closedBelow(): string[] | undefined {
    const wildcards = [...this.hosts];
    const closed = this.known.serverNames.filter((name) => wildcards.some((wildcard) => isBelow(name, wildcard)));
    return closed.length > 0 ? closed.sort() : undefined;
  }
}

/** The server names of an exit, to be read once everything is declared. */
export interface KnownServerNames {
  /** The server names of the ports that check who calls. */
  readonly serverNames: string[];
}

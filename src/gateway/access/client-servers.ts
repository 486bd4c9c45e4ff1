import { Construct } from 'constructs';
import { OpaquePort } from '../../destination/opaque-port';
import { hopServerName } from '../../exit/server-names';
import { Mesh } from '../../mesh/mesh';
import { ObjectSize } from '../../mesh/stored-size';
import { EgressClient } from '../../policy/egress-client';

/** A server of the exit's Gateway for an opaque port of a host, and for either its service accounts or a whole namespace. */
export interface ClientServer {
  /** The server name (SNI) for which sidecars ask in the mutual TLS to the exit. */
  readonly serverName: string;
  /**
   * The identities that the server accepts, as SPIFFE URIs; every other handshake fails. Undefined where a policy decides, which is
   * for whole namespaces: the accounts of a namespace are not known here.
   */
  readonly identities?: string[];
}

/** Estimated size of a server in the Gateway as JSON, in characters, without its names. */
const SERVER = 130;

/**
 * The clients of one opaque port of a host, and the servers that let them in.
 *
 * The server itself checks who calls wherever it can. Istio puts every policy about connections into every server (filter chain):
 * policies that name hosts would make n servers with n rules each, and each new host would end everybody's connections, because Envoy
 * replaces a filter chain that changes.
 */
export class ClientServers {
  private readonly accounts = new Set<string>();
  private readonly namespaces = new Set<string>();

  public constructor(
    private readonly scope: Construct,
    private readonly host: string,
    private readonly port: OpaquePort,
    private readonly size: ObjectSize,
  ) {}

  /** Lets clients of a declaration in. @throws HostCount */
  public admit(declaredBy: Construct, clients: EgressClient[]): void {
    for (const client of clients) {
      if (client.serviceAccountName) this.admitAccount(declaredBy, client.toString());
      else this.admitNamespace(declaredBy, client.namespaceName!);
    }
  }

  private admitNamespace(declaredBy: Construct, namespace: string): void {
    if (this.namespaces.has(namespace)) return;
    this.addServer(declaredBy, this.nameFor(namespace));
    this.namespaces.add(namespace);
  }

  private admitAccount(declaredBy: Construct, account: string): void {
    if (this.accounts.has(account)) return;
    // All accounts share a server.
    if (this.accounts.size === 0) this.addServer(declaredBy, this.nameFor());
    for (const identity of this.identitiesOf(account)) this.size.add(declaredBy, identity.length + 3);
    this.accounts.add(account);
  }

  private addServer(declaredBy: Construct, name: string): void {
    this.size.add(declaredBy, SERVER + 2 * name.length);
  }

  /** The servers. */
  public get all(): ClientServer[] {
    return [
      ...[...this.namespaces].sort().map((namespace) => ({ serverName: this.nameFor(namespace) })),
      ...(this.accounts.size > 0 ? [{ serverName: this.nameFor(), identities: this.identities }] : []),
    ];
  }

  private nameFor(namespace?: string): string {
    return hopServerName(this.host, this.port.port, namespace);
  }

  /**
   * The accepted identities are the same in every mode of a guard: a handshake cannot be tried out, and whoever got past it would read
   * what a server sends unasked.
   */
  private get identities(): string[] {
    return [...this.accounts].sort().flatMap((account) => this.identitiesOf(account));
  }

  private identitiesOf(account: string): string[] {
    const [namespace, name] = account.split('/');
    return Mesh.of(this.scope)._trustDomains.map((domain) => `spiffe://${domain}/ns/${namespace}/sa/${name}`);
  }
}

import { Construct } from 'constructs';
import { OpaquePort } from '../../destination/opaque-port';
import { ObjectSize } from '../../exit/object-size';
import { hopServerName } from '../../exit/server-names';
import { Mesh } from '../../mesh/mesh';
import { EgressClient } from '../../policy/egress-client';

/** A server of the exit: a port of a host whose bytes are not read, for some of its clients. */
export interface ClientServer {
  /** What the clients ask for in the hop's TLS. */
  readonly serverName: string;
  /**
   * Whom it takes, as their certificates say it; everybody else's handshake fails. Undefined where a policy decides: about all of
   * a namespace, whose accounts nobody knows.
   */
  readonly identities?: string[];
}

/** What a server is as JSON, without its names. */
const SERVER = 130;

/**
 * The clients of one port of a host whose bytes are not read, and the servers that let them in.
 *
 * Who calls is checked by the server itself wherever it can be. Istio puts every policy about connections into every server: rules that
 * name hosts would make n servers of n rules each, and each new host would end everybody's connections, because a server that
 * changes is replaced.
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

  /** Whatever is observed: a handshake cannot be tried out, and a server that speaks first would be heard by whoever gets past it. */
  private get identities(): string[] {
    return [...this.accounts].sort().flatMap((account) => this.identitiesOf(account));
  }

  private identitiesOf(account: string): string[] {
    const [namespace, name] = account.split('/');
    return Mesh.of(this.scope)._trustDomains.map((domain) => `spiffe://${domain}/ns/${namespace}/sa/${name}`);
  }
}

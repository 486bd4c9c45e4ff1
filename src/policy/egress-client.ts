import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { identityOf } from './workload-identity';
import { Brand } from '../brand';
import { EgressError } from '../errors';
import { Mesh } from '../mesh/mesh';
import { checkName } from '../naming';
import { checkOfThisApp } from '../object-of';

const SERVICE_ACCOUNT = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/**
 * Who may call. The exit checks the caller's certificate, so a client is what a certificate says: a service account, or
 * the namespace it is in. Labels are not in it; they can lead traffic, never authorize it.
 *
 * @example
 * new TlsOriginationEgress(chart, 'Stripe', {
 *   hosts: ['api.stripe.com'],
 *   exit,
 *   clients: [EgressClient.serviceAccount('payments', 'checkout'), EgressClient.namespace('billing')],
 * });
 */
export class EgressClient {
  /**
   * As whom an object of this app calls, under the name and namespace that it has in the manifests, which cdk8s makes of its path
   * and a hash where nobody sets one: a ServiceAccount; a Deployment, StatefulSet, DaemonSet, Job, CronJob or Pod, by its service
   * account, which is `default` where it has none; every workload of a Namespace. Of cdk8s-plus, or as ApiObjects.
   *
   * A workload is read here and now: JSON patches that give its pods another service account later are not seen, of a workload of
   * cdk8s-plus none; of no object those that give it another name or namespace.
   *
   * @throws WrongType for what is none of these, NamespaceMissing for what has no namespace, NotInline for a workload without pods yet,
   * NameSyntax. Declarations of another app than the construct's refuse it
   */
  public static of(construct: IConstruct): EgressClient {
    const { object, namespace, serviceAccount } = identityOf('EgressClient.of', construct);
    checkName(object, 'namespace', namespace);
    if (serviceAccount !== undefined) checkAccount(object, serviceAccount);
    return CLIENT.mark(new EgressClient(namespace, serviceAccount, object));
  }

  /**
   * Every workload of a namespace.
   * @throws NameSyntax
   */
  public static namespace(namespace: string): EgressClient {
    checkName('EgressClient.namespace', 'namespace', namespace);
    return CLIENT.mark(new EgressClient(namespace));
  }

  /**
   * The workloads that run as one service account.
   * @throws NameSyntax
   */
  public static serviceAccount(namespace: string, name: string): EgressClient {
    checkName('EgressClient.serviceAccount', 'namespace', namespace);
    checkAccount('EgressClient.serviceAccount', name);
    return CLIENT.mark(new EgressClient(namespace, name));
  }

  /**
   * Every workload of the mesh, whatever its identity. Opens the destination to all tenants, and every sidecar of the mesh
   * receives its configuration. Stands alone: it includes all other clients.
   */
  public static anyInMesh(): EgressClient {
    return CLIENT.mark(new EgressClient());
  }

  private constructor(
    /** The client's namespace; undefined for any. */
    public readonly namespaceName?: string,
    /** The client's service account; undefined for every one of the namespace. */
    public readonly serviceAccountName?: string,
    /** @internal */
    public readonly _object?: ApiObject,
  ) {}

  /** How descriptions name this client, as "payments/checkout", "payments/*" or "*". */
  public toString(): string {
    return this.namespaceName ? `${this.namespaceName}/${this.serviceAccountName ?? '*'}` : '*';
  }
}

const CLIENT = new Brand<EgressClient>(
  'EgressClient',
  'EgressClient.of, EgressClient.serviceAccount, EgressClient.namespace, EgressClient.anyInMesh',
);

function checkAccount(where: Construct | string, name: string): void {
  if (typeof name === 'string' && SERVICE_ACCOUNT.test(name)) return;
  throw new EgressError('NameSyntax', where, {
    what: '`name` is not the name of a service account',
    given: name,
    allowed: 'a DNS-1123 subdomain: a-z, 0-9, "-" and "."',
    fix: 'pass `metadata.name` of the ServiceAccount, without its namespace',
  });
}

/** Whether it is `EgressClient.anyInMesh()`. */
export function isAnyInMesh(client: unknown): boolean {
  return CLIENT.is(client) && client.namespaceName === undefined;
}

/**
 * The clients of one declaration, each once, in a fixed order: listing them differently changes no YAML.
 *
 * @throws ClientsMissing, WrongType, OtherApp, ClientAnyAlone, ServiceAccountDots
 */
export function checkClients(scope: Construct, clients: EgressClient[] | undefined): EgressClient[] {
  if (!Array.isArray(clients) || clients.length === 0) {
    throw new EgressError('ClientsMissing', scope, {
      what: 'nobody is named as a client',
      given: clients,
      allowed: 'at least one EgressClient',
      fix: 'name who calls, as `clients: [EgressClient.serviceAccount("payments", "checkout")]`; EgressClient.anyInMesh() opens it to all',
    });
  }
  // Nothing else may pass: what names no namespace would be taken for every client.
  for (const client of clients) {
    const { _object } = CLIENT.check(scope, 'clients', client);
    if (_object) checkOfThisApp(scope, _object);
  }
  const byName = new Map(clients.map((client) => [client.toString(), client]));
  if (byName.has('*') && byName.size > 1) {
    throw new EgressError('ClientAnyAlone', scope, {
      what: 'EgressClient.anyInMesh() stands beside clients that it includes',
      given: [...byName.keys()],
      fix: 'keep the named clients, or `clients: [EgressClient.anyInMesh()]` alone',
    });
  }
  checkDots(scope, clients);
  return [...byName.keys()].sort().map((name) => byName.get(name)!);
}

function checkDots(scope: Construct, clients: EgressClient[]): void {
  const dotted = clients.filter((client) => client.serviceAccountName?.includes('.'));
  if (dotted.length === 0 || Mesh.of(scope)._version.quotesServiceAccounts) return;
  throw new EgressError('ServiceAccountDots', scope, {
    what: 'this Istio version reads the "." in a service account\'s name as "any character" and would let other accounts through (CVE-2026-39350)',
    given: dotted.map(String),
    allowed: 'names without "." before Istio 1.27.9, 1.28.6 and 1.29.2',
    fix: 'set `istioVersion` with its patch number if the mesh is newer, or give the workload another service account',
  });
}

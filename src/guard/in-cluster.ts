import { Construct } from 'constructs';
import { KnownAddresses } from './known-addresses';
import { addresses, ownPods, Peer, podsOf, podsOutOf, tcp, to } from './peers';
import { checkOpenedRanges } from './ranges';
import { Brand } from '../brand';
import { checkPort } from '../destination/port-number';
import { EgressError } from '../errors';
import { checkName } from '../naming';

const KUBERNETES_API = 'default/kubernetes.default.svc';

/**
 * Where in the cluster guarded workloads may call, besides what the mesh itself needs. It has to be said, because what is left
 * out is an outage.
 *
 * @example
 * new EgressGuard(chart, 'Guard', {
 *   namespaces: GuardedNamespaces.named(['payments']),
 *   inCluster: InCluster.namespaces(['.', 'orders']).andKubernetesApi(['192.0.2.10']),
 * });
 */
export class InCluster {
  /** Nowhere: not even in their own namespace. */
  public static none(): InCluster {
    return new InCluster([]);
  }

  /**
   * All workloads of these namespaces, on every port. "." is the guarded namespace itself.
   * @throws NameSyntax
   */
  public static namespaces(names: string[]): InCluster {
    const where = 'InCluster.namespaces';
    if (!Array.isArray(names) || names.length === 0) {
      throw new EgressError('NameSyntax', where, {
        what: 'no namespace is given',
        given: names,
        allowed: 'names of namespaces, "." for the guarded one',
        fix: 'name them, or use InCluster.none()',
      });
    }
    return new InCluster(
      [...new Set([...names].map((name) => (name === '.' ? name : checkName(where, 'names', name))))].sort(),
    );
  }

  /**
   * All workloads of the cluster, on every port, but those of Istio's root namespace and of the exits that the app knows: istiod
   * answers in plaintext on some ports, and proxies give away their metrics. Exits stay open for what is declared.
   */
  public static all(): InCluster {
    return new InCluster(['*']);
  }

  private constructor(
    private readonly names: string[],
    private readonly api?: { readonly ranges: string[]; readonly port: number },
    private readonly pods?: KnownAddresses,
  ) {
    IN_CLUSTER.mark(this);
  }

  /**
   * The Kubernetes API as well. It is reached by address, because it runs outside of the pods' network.
   *
   * @param endpoints Its IP addresses or their ranges: `kubectl get endpointslices kubernetes -n default`
   * @param port Its port behind the Service
   * @throws AddressSyntax, NotOutside, OutOfRange
   */
  public andKubernetesApi(endpoints: string[], port: number = 6443): InCluster {
    const where = 'InCluster.andKubernetesApi';
    const api = { ranges: checkOpenedRanges(where, 'endpoints', endpoints), port: checkPort(where, 'port', port) };
    return new InCluster(this.names, api, this.pods);
  }

  /**
   * Pods that are called by their addresses as well, as members of a database's cluster call each other. A sidecar knows Services
   * alone and refuses other addresses, whatever the network policy opens; which pods may be called stays as it is.
   *
   * @param ranges The addresses of the cluster's pods
   * @param ports Ports on which they listen; of TCP
   * @throws AddressSyntax, NotOutside, PortsMissing, OutOfRange
   */
  public andPodsByAddress(ranges: string[], ports: number[]): InCluster {
    const where = 'InCluster.andPodsByAddress';
    if (!Array.isArray(ports) || ports.length === 0) {
      throw new EgressError('PortsMissing', where, {
        what: 'no port is given',
        given: ports,
        allowed: 'at least one port on which the pods listen',
        fix: 'name the ports',
      });
    }
    const sorted = [...new Set([...ports].map((port) => checkPort(where, 'ports', port)))].sort((a, b) => a - b);
    return new InCluster(this.names, this.api, { ranges: checkOpenedRanges(where, 'ranges', ranges), ports: sorted });
  }

  /**
   * The openings for a namespace's pods.
   *
   * @param closed Namespaces that are not among all
   * @internal
   */
  public _openings(closed: () => string[]): object[] {
    const named = this.names.filter((name) => name !== '.' && name !== '*');
    const peers: Peer[] = [
      ...(this.names.includes('*') ? [podsOutOf(closed())] : []),
      ...(this.names.includes('.') ? [ownPods] : []),
      ...(named.length > 0 ? [podsOf(named)] : []),
    ];
    return [
      ...(peers.length > 0 ? [to(peers)] : []),
      ...(this.api ? [to(addresses(this.api.ranges), tcp(this.api.port))] : []),
    ];
  }

  /**
   * What the namespace's sidecars have to know besides their own namespace, as in a Sidecar.
   * @internal
   */
  public _imports(clusterDomain: string): string[] {
    // Services alone: a ServiceEntry of another namespace could take calls to hosts outside.
    const services = (name: string) =>
      name === '*' ? `*/*.svc.${clusterDomain}` : `${name}/*.${name}.svc.${clusterDomain}`;
    const named = this.names.filter((name) => name !== '.').map(services);
    return [...named, ...(this.api ? [`${KUBERNETES_API}.${clusterDomain}`] : [])];
  }

  /**
   * What its sidecars have to know by address.
   * @internal
   */
  public get _byAddress(): KnownAddresses | undefined {
    return this.pods;
  }

  /** How descriptions name it. */
  public toString(): string {
    const names = this.names.map((name) =>
      name === '*' ? "everywhere but Istio's namespace and those of exits" : name === '.' ? 'the own namespace' : name,
    );
    return [...(names.length > 0 ? names : ['nowhere']), ...(this.api ? ['the Kubernetes API'] : [])].join(', ');
  }
}

const IN_CLUSTER = new Brand<InCluster>(
  'InCluster',
  'InCluster.none(), InCluster.namespaces([…]), InCluster.all(); `npx cdk8s-istio-egress missing` lists the namespaces that were called',
);

/** Nothing else may stand for it: what opens nothing would be an outage, what opens everything no guard. @throws WrongType */
export function checkInCluster(scope: Construct, given: InCluster): InCluster {
  return IN_CLUSTER.check(scope, 'inCluster', given);
}

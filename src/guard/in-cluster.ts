import { Construct } from 'constructs';
import { addresses, everyPod, ownPods, Peer, podsOf, tcp, to } from './peers';
import { checkRanges } from './ranges';
import { checkPort } from '../destination/port-number';
import { EgressError } from '../errors';
import { checkName } from '../naming';

const IN_CLUSTER = Symbol.for('cdk8s-istio-egress.InCluster');
const KUBERNETES_API = 'default/kubernetes.default.svc';

/**
 * Where in the cluster guarded workloads may call, besides what the mesh itself needs. It has to be said, because what is left
 * out is an outage.
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
      [...new Set(names.map((name) => (name === '.' ? name : checkName(where, 'names', name))))].sort(),
    );
  }

  /** All workloads of the cluster, on every port. */
  public static all(): InCluster {
    return new InCluster(['*']);
  }

  private constructor(
    private readonly names: string[],
    private readonly api?: { readonly ranges: string[]; readonly port: number },
  ) {
    Object.defineProperty(this, IN_CLUSTER, { value: true });
  }

  /**
   * The Kubernetes API as well. It is reached by address, because it runs outside of the pods' network.
   *
   * @param endpoints Its IP addresses or their ranges: `kubectl get endpointslices kubernetes -n default`
   * @param port Its port behind the Service
   * @throws AddressSyntax, PortRange
   */
  public andKubernetesApi(endpoints: string[], port: number = 6443): InCluster {
    const where = 'InCluster.andKubernetesApi';
    return new InCluster(this.names, {
      ranges: checkRanges(where, 'endpoints', endpoints),
      port: checkPort(where, 'port', port),
    });
  }

  /**
   * The openings for a namespace's pods.
   * @internal
   */
  public _openings(): object[] {
    const named = this.names.filter((name) => name !== '.' && name !== '*');
    const peers: Peer[] = [
      ...(this.names.includes('*') ? [everyPod] : []),
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
    const named = this.names.filter((name) => name !== '.').map((name) => `${name}/*`);
    return [...named, ...(this.api ? [`${KUBERNETES_API}.${clusterDomain}`] : [])];
  }

  /** How descriptions name it. */
  public toString(): string {
    const names = this.names.map((name) => (name === '*' ? 'everywhere' : name === '.' ? 'the own namespace' : name));
    return [...(names.length > 0 ? names : ['nowhere']), ...(this.api ? ['the Kubernetes API'] : [])].join(', ');
  }
}

/** Nothing else may stand for it: what opens nothing would be an outage, what opens everything no guard. @throws WrongType */
export function checkInCluster(scope: Construct, given: InCluster): InCluster {
  if (typeof given === 'object' && given !== null && IN_CLUSTER in given) return given;
  throw new EgressError('WrongType', scope, {
    what: '`inCluster` does not say where in the cluster the workloads may call',
    given,
    allowed: 'InCluster.none(), InCluster.namespaces([…]), InCluster.all()',
    fix: 'set `inCluster`; `npx cdk8s-istio-egress missing` lists the namespaces that were called',
  });
}

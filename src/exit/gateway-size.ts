import { Construct } from 'constructs';
import { checkWholeNumber } from '../destination/numbers';
import { EgressError } from '../errors';

/** CPU and memory of each pod of an egress gateway, as Kubernetes quantities. */
export interface GatewayResources {
  /** @default "100m" */
  readonly cpuRequest?: string;
  /** @default "128Mi" */
  readonly memoryRequest?: string;
  /** @default "2" */
  readonly cpuLimit?: string;
  /** @default "1Gi" */
  readonly memoryLimit?: string;
}

/** How many pods an egress gateway has, and how large they are. */
export interface GatewaySizeOptions {
  /**
   * A fixed number of pods, without an autoscaler.
   * @default - between `minReplicas` and `maxReplicas`
   */
  readonly replicas?: number;

  /**
   * The least number of pods. From 2, one may go without an outage.
   * @default 2
   */
  readonly minReplicas?: number;

  /**
   * The largest number of pods.
   * @default 5, or `minReplicas` if that is more
   */
  readonly maxReplicas?: number;

  /**
   * Part of the requested CPU, in percent, from which pods are added.
   * @default 80
   */
  readonly targetCpuPercent?: number;

  /**
   * CPU and memory of each pod.
   * @default - what Istio's own gateway chart asks for
   */
  readonly resources?: GatewayResources;
}

/** Checked and complete. */
export interface GatewaySize {
  /** The number of pods when there is no autoscaler. */
  readonly replicas?: number;
  /** The autoscaler's bounds. */
  readonly scaling?: { readonly min: number; readonly max: number; readonly cpuPercent: number };
  readonly resources: { requests: Quantities; limits: Quantities };
}

/** A pair of Kubernetes quantities. */
export interface Quantities {
  readonly cpu: string;
  readonly memory: string;
}

const COUNT: [number, number] = [1, 1000];

/** @throws QuantitySyntax, SettingRange */
export function gatewaySize(scope: Construct, options: GatewaySizeOptions): GatewaySize {
  const { replicas, minReplicas = 2, targetCpuPercent = 80, resources = {} } = options;
  const { maxReplicas = Math.max(5, minReplicas) } = options;
  const quantity = (value: string) => checkQuantity(scope, value);
  return {
    replicas: replicas === undefined ? undefined : checkWholeNumber(scope, 'replicas', replicas, COUNT),
    scaling:
      replicas === undefined
        ? {
            min: checkWholeNumber(scope, 'minReplicas', minReplicas, COUNT),
            max: checkWholeNumber(scope, 'maxReplicas', maxReplicas, [minReplicas, COUNT[1]]),
            cpuPercent: checkWholeNumber(scope, 'targetCpuPercent', targetCpuPercent, [1, 100]),
          }
        : undefined,
    resources: {
      requests: { cpu: quantity(resources.cpuRequest ?? '100m'), memory: quantity(resources.memoryRequest ?? '128Mi') },
      limits: { cpu: quantity(resources.cpuLimit ?? '2'), memory: quantity(resources.memoryLimit ?? '1Gi') },
    },
  };
}

function checkQuantity(scope: Construct, value: string): string {
  if (typeof value !== 'string' || !/^\d+(\.\d+)?(m|k|[KMGT]i?)?$/.test(value)) {
    throw new EgressError('QuantitySyntax', scope, {
      what: 'this is not a Kubernetes quantity',
      given: value,
      allowed: 'a number with a unit, as "500m" for CPU or "256Mi" for memory',
      fix: 'correct the value',
    });
  }
  return value;
}

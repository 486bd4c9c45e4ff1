import { Construct } from 'constructs';
import { checkWholeNumber } from '../../destination/numbers';
import { EgressError } from '../../errors';
import { checkOptions, Options } from '../../options';

/** CPU and memory of each pod of an egress gateway, as Kubernetes quantities; what is requested is at most the limit. */
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

const RESOURCES: Options<GatewayResources> = {
  cpuRequest: 'checked',
  memoryRequest: 'checked',
  cpuLimit: 'checked',
  memoryLimit: 'checked',
};

/** The options of this struct, and the kind of value that each takes. */
export const GATEWAY_SIZE: Options<GatewaySizeOptions> = {
  replicas: 'checked',
  minReplicas: 'checked',
  maxReplicas: 'checked',
  targetCpuPercent: 'checked',
  resources: 'checked',
};

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

/** @throws QuantitySyntax, OutOfRange */
export function gatewaySize(scope: Construct, options: GatewaySizeOptions): GatewaySize {
  const { replicas, minReplicas = 2, targetCpuPercent = 80, resources = {} } = options;
  const { maxReplicas = Math.max(5, minReplicas) } = options;
  checkFixed(scope, options);
  return {
    replicas: replicas === undefined ? undefined : checkWholeNumber(scope, 'replicas', replicas, COUNT),
    scaling:
      replicas === undefined
        ? {
            min: checkWholeNumber(scope, 'minReplicas', minReplicas, COUNT),
            max: checkWholeNumber(scope, 'maxReplicas', maxReplicas, [minReplicas, COUNT[1]]),
            cpuPercent: checkWholeNumber(scope, 'targetCpuPercent', targetCpuPercent, [1, 1000]),
          }
        : undefined,
    resources: checkResources(scope, resources),
  };
}

/** A fixed number leaves nothing for an autoscaler to decide. */
function checkFixed(scope: Construct, options: GatewaySizeOptions): void {
  if (options.replicas === undefined) return;
  const bounds = (['minReplicas', 'maxReplicas', 'targetCpuPercent'] as const).filter(
    (property) => options[property] !== undefined,
  );
  if (bounds.length === 0) return;
  throw new EgressError('OutOfRange', scope, {
    what: '`replicas` fixes the number of pods, so that there is no autoscaler which the other settings could be for',
    given: ['replicas', ...bounds],
    allowed: '`replicas`, or bounds for an autoscaler',
    fix: `leave out \`replicas\`, or ${bounds.map((bound) => `\`${bound}\``).join(' and ')}`,
  });
}

function checkResources(scope: Construct, resources: GatewayResources): GatewaySize['resources'] {
  const checked = checkOptions(scope, resources, RESOURCES);
  const { cpuRequest = '100m', memoryRequest = '128Mi', cpuLimit = '2', memoryLimit = '1Gi' } = checked;
  for (const [request, limit, property] of [
    [cpuRequest, cpuLimit, 'cpuLimit'],
    [memoryRequest, memoryLimit, 'memoryLimit'],
  ]) {
    if (amount(scope, request) <= amount(scope, limit)) continue;
    throw new EgressError('OutOfRange', scope, {
      what: 'the pods request more than their limit, and Kubernetes would refuse them',
      given: request,
      allowed: `at most ${limit}`,
      fix: `raise \`${property}\` too`,
    });
  }
  return { requests: { cpu: cpuRequest, memory: memoryRequest }, limits: { cpu: cpuLimit, memory: memoryLimit } };
}

const KIBI = 1024;
const FACTORS: { [unit: string]: number } = {
  ...{ m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: KIBI, Mi: KIBI ** 2, Gi: KIBI ** 3, Ti: KIBI ** 4 },
};

function amount(scope: Construct, value: string): number {
  const [, number, unit = '?'] = /^(\d+(?:\.\d+)?)(\D*)$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (!Object.hasOwn(FACTORS, unit)) {
    throw new EgressError('QuantitySyntax', scope, {
      what: 'this is not a Kubernetes quantity',
      given: value,
      allowed: 'a number with a unit, as "500m" for CPU or "256Mi" for memory',
      fix: 'correct the value',
    });
  }
  return Number(number) * FACTORS[unit];
}

import { Construct } from 'constructs';
import { checkPort } from '../destination/port-number';
import { EgressError } from '../errors';
import { checkName } from '../naming';

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

/** Pods that this library makes. */
export interface ManagedGatewayOptions {
  /**
   * Number of pods.
   * @default 2
   */
  readonly replicas?: number;

  /**
   * CPU and memory of each pod.
   * @default - what Istio's own gateway chart asks for
   */
  readonly resources?: GatewayResources;
}

/** Pods that somebody else made. */
export interface ExistingGatewayOptions {
  /**
   * Labels that select these pods and no others. They must be the exit's alone: every call of the pods that no grant covers
   * is refused.
   */
  readonly labels: { [key: string]: string };

  /** Name of the Service in front of the pods, in the exit's namespace. */
  readonly service: string;

  /**
   * Port of that Service for the hop. Its name must begin with "http" (or its `appProtocol` be HTTP), and no other Gateway
   * may have a server on it.
   * @default 80
   */
  readonly httpPort?: number;

  /**
   * Port on which the pods listen for `httpPort`: its `targetPort`. Needed for `HttpRule.deny`.
   * @default - unknown
   */
  readonly httpTargetPort?: number;

  /**
   * Name of the Service for TLS passthrough and TCP, in the exit's namespace. With one of its own, sidecars hold half of the
   * clusters.
   * @default - `service`
   */
  readonly tlsService?: string;

  /**
   * Port of that Service. Its name must begin with "tls".
   * @default 443
   */
  readonly tlsPort?: number;

  /**
   * Port on which the pods listen for `tlsPort`: its `targetPort`. Needed for TLS passthrough and TCP.
   * @default - unknown
   */
  readonly tlsTargetPort?: number;
}

/** The pods of an egress gateway: made here, or already there. */
export class GatewayWorkload {
  /**
   * A Deployment whose pods Istio's injector fills in, with its Service and ServiceAccount.
   * @throws QuantitySyntax when the gateway is made
   */
  public static managed(options: ManagedGatewayOptions = {}): GatewayWorkload {
    return new GatewayWorkload(options);
  }

  /** Pods and a Service that exist already, in the exit's namespace. */
  public static existing(options: ExistingGatewayOptions): GatewayWorkload {
    return new GatewayWorkload(undefined, options);
  }

  private constructor(
    /** @internal */
    public readonly _managed?: ManagedGatewayOptions,
    /** @internal */
    public readonly _existing?: ExistingGatewayOptions,
  ) {}
}

/** Sizes of managed pods, checked and complete. */
export interface GatewaySize {
  readonly replicas: number;
  readonly resources: { requests: Quantities; limits: Quantities };
}

interface Quantities {
  readonly cpu: string;
  readonly memory: string;
}

/** @throws QuantitySyntax */
export function gatewaySize(scope: Construct, { replicas = 2, resources = {} }: ManagedGatewayOptions): GatewaySize {
  if (!Number.isInteger(replicas) || replicas < 1) {
    throw new EgressError('QuantitySyntax', scope, {
      what: 'an egress gateway cannot have this many pods',
      given: replicas,
      allowed: 'a whole number from 1; from 2, one may go without an outage',
      fix: 'set `replicas`',
    });
  }
  const quantity = (value: string) => checkQuantity(scope, value);
  return {
    replicas,
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

/** Keys and values that Kubernetes takes. */
const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** Checks what is said of pods that exist already. @throws NameSyntax, LabelSyntax, PortRange */
export function checkExisting(scope: Construct, existing: ExistingGatewayOptions): ExistingGatewayOptions {
  checkName(scope, 'service', existing.service);
  if (existing.tlsService !== undefined) checkName(scope, 'tlsService', existing.tlsService);
  for (const property of ['httpPort', 'httpTargetPort', 'tlsPort', 'tlsTargetPort'] as const) {
    const port = existing[property];
    if (port !== undefined) checkPort(scope, property, port);
  }
  const labels = Object.entries(existing.labels ?? {});
  if (labels.length === 0 || !labels.every(([key, value]) => LABEL_KEY.test(key) && LABEL_VALUE.test(value))) {
    throw new EgressError('LabelSyntax', scope, {
      what: 'the labels select no pods: without any, the policies would hold for every pod of the namespace',
      given: existing.labels,
      allowed: 'at least one valid label that the pods of this exit carry and no others',
      fix: 'pass `labels`, as { istio: "egressgateway" }',
    });
  }
  return existing;
}

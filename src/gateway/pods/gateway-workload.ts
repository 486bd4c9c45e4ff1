import { Construct } from 'constructs';
import { GATEWAY_SIZE, GatewaySizeOptions } from './gateway-size';
import { Brand } from '../../brand';
import { checkPort } from '../../destination/port-number';
import { EgressError } from '../../errors';
import { checkDottedName, checkName } from '../../naming';
import { checkEnum, checkOptions, isKind, Options } from '../../options';

/** A taint that the pods tolerate. */
export interface GatewayToleration {
  /** Key of the taint. */
  readonly key: string;

  /**
   * Value of the taint.
   * @default - any
   */
  readonly value?: string;

  /**
   * "NoSchedule", "PreferNoSchedule" or "NoExecute".
   * @default - every effect
   */
  readonly effect?: string;
}

const TOLERATION: Options<GatewayToleration> = { key: 'text', value: 'text', effect: 'text' };

/** How the pods come into the cluster. */
export enum GatewayInstallation {
  /** As a Deployment among the other manifests, whose pods Istio's injector fills in. */
  INJECTED = 'INJECTED',

  /**
   * By `istioctl manifest generate`, from the IstioOperator file that `Installation.write` makes: for platforms that install
   * gateways with Istio's own tools. The manifests hold neither Deployment nor Service then.
   */
  ISTIO_OPERATOR = 'ISTIO_OPERATOR',
}

/** Pods that this library makes. */
export interface ManagedGatewayOptions extends GatewaySizeOptions {
  /**
   * Labels of the nodes on which the pods run, as the dedicated nodes that a firewall lets out.
   * @default - any node
   */
  readonly nodeSelector?: { [key: string]: string };

  /**
   * Taints that the pods tolerate.
   * @default - none
   */
  readonly tolerations?: GatewayToleration[];

  /**
   * Priority class of the pods.
   * @default - the cluster's own
   */
  readonly priorityClassName?: string;

  /** @default GatewayInstallation.INJECTED */
  readonly installation?: GatewayInstallation;
}

const MANAGED: Options<ManagedGatewayOptions> = {
  ...GATEWAY_SIZE,
  nodeSelector: 'map',
  tolerations: 'list',
  priorityClassName: 'text',
  installation: 'checked',
};

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

const EXISTING: Options<ExistingGatewayOptions> = {
  labels: 'checked',
  service: 'checked',
  httpPort: 'checked',
  httpTargetPort: 'checked',
  tlsService: 'checked',
  tlsPort: 'checked',
  tlsTargetPort: 'checked',
};

/** The pods of an egress gateway: made here, or already there. */
export class GatewayWorkload {
  /**
   * Pods of the gateway's own, with Service, ServiceAccount, HorizontalPodAutoscaler and PodDisruptionBudget.
   * @throws OptionUnknown, WrongType. What is wrong in the options themselves is thrown when the gateway is made.
   */
  public static managed(options: ManagedGatewayOptions = {}): GatewayWorkload {
    return WORKLOAD.mark(new GatewayWorkload(checkManaged('GatewayWorkload.managed', options)));
  }

  /**
   * Pods and a Service that exist already, in the exit's namespace.
   * @throws OptionUnknown, WrongType
   */
  public static existing(options: ExistingGatewayOptions): GatewayWorkload {
    return WORKLOAD.mark(new GatewayWorkload(undefined, checkOptions('GatewayWorkload.existing', options, EXISTING)));
  }

  private constructor(
    /** @internal */
    public readonly _managed?: ManagedGatewayOptions,
    /** @internal */
    public readonly _existing?: ExistingGatewayOptions,
  ) {}
}

const WORKLOAD = new Brand<GatewayWorkload>(
  'GatewayWorkload',
  'GatewayWorkload.managed(), GatewayWorkload.existing({ … })',
);

/** Pods of the exit's own where nothing is said. @throws WrongType */
export function checkWorkload(scope: Construct, workload: GatewayWorkload | undefined): GatewayWorkload {
  return WORKLOAD.optional(scope, 'workload', workload) ?? GatewayWorkload.managed();
}

/** Options of pods that are made. @throws WrongType, OptionUnknown */
export function checkManaged(where: Construct | string, given: ManagedGatewayOptions): ManagedGatewayOptions {
  const options = checkOptions(where, given, MANAGED);
  const { installation, tolerations } = options;
  if (installation !== undefined) {
    checkEnum(where, 'installation', installation, ['GatewayInstallation', GatewayInstallation]);
  }
  return { ...options, tolerations: tolerations?.map((toleration) => checkOptions(where, toleration, TOLERATION)) };
}

/** Keys and values that Kubernetes takes. */
const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
/** Of nodes and taints, many have none: "node-role.kubernetes.io/infra" is a key alone. */
const isNodeValue = (value: string) => value === '' || LABEL_VALUE.test(value);

/** Checks what is said of pods that exist already. @throws NameSyntax, LabelSyntax, PortRange */
export function checkExisting(scope: Construct, existing: ExistingGatewayOptions): ExistingGatewayOptions {
  checkName(scope, 'service', existing.service);
  if (existing.tlsService !== undefined) checkName(scope, 'tlsService', existing.tlsService);
  for (const property of ['httpPort', 'httpTargetPort', 'tlsPort', 'tlsTargetPort'] as const) {
    const port = existing[property];
    if (port !== undefined) checkPort(scope, property, port);
  }
  checkLabels(scope, existing.labels);
  return existing;
}

/** Checks labels that select an exit's pods. @throws LabelSyntax */
export function checkLabels(scope: Construct | string, given: { [key: string]: string }): { [key: string]: string } {
  if (!isLabels(given, (value) => LABEL_VALUE.test(value)) || Object.keys(given).length === 0) {
    throw new EgressError('LabelSyntax', scope, {
      what: 'the labels select no pods: without any, the policies would hold for every pod of the namespace',
      given,
      allowed: 'at least one valid label that the pods of this exit carry and no others',
      fix: 'pass `labels`, as { istio: "egressgateway" }',
    });
  }
  return given;
}

function isLabels(given: unknown, isValue: (value: string) => boolean): given is { [key: string]: string } {
  if (!isKind(given, 'map')) return false;
  return Object.entries(given as { [key: string]: string }).every(
    ([key, value]) => LABEL_KEY.test(key) && isValue(value),
  );
}

/** Checks where pods may run. @throws LabelSyntax, NameSyntax */
export function checkPlacement(scope: Construct, options: ManagedGatewayOptions): ManagedGatewayOptions {
  const { nodeSelector = {}, tolerations = [], priorityClassName } = options;
  const refuse = (what: string, given: unknown, allowed: string) => {
    throw new EgressError('LabelSyntax', scope, { what, given, allowed, fix: 'correct it' });
  };
  if (!isLabels(nodeSelector, isNodeValue)) {
    refuse(
      '`nodeSelector` is no list of labels',
      nodeSelector,
      'valid labels, as { "node-role.example.com/egress": "yes" }',
    );
  }
  const bad = tolerations.find(({ key, value, effect }) => {
    const effects = [undefined, 'NoSchedule', 'PreferNoSchedule', 'NoExecute'];
    return !LABEL_KEY.test(key) || (value !== undefined && !isNodeValue(value)) || !effects.includes(effect);
  });
  if (bad) {
    refuse('a toleration names no taint', bad, 'a label key, a value, and NoSchedule, PreferNoSchedule or NoExecute');
  }
  if (priorityClassName !== undefined) {
    checkDottedName(scope, 'priorityClassName', priorityClassName);
  }
  return options;
}

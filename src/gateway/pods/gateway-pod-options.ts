import { Construct } from 'constructs';
import { GATEWAY_SIZE, GatewaySizeOptions } from './gateway-size';
import { isLabels, LABEL_KEY, LABEL_VALUE } from './labels';
import { EgressError } from '../../errors';
import { checkDottedName } from '../../naming';
import { checkOptions, Options } from '../../options';

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

/** How many pods an exit has, how large they are, and where they run. */
export interface GatewayPodOptions extends GatewaySizeOptions {
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
}

/** The options of this struct, and the kind of value that each takes. */
export const GATEWAY_PODS: Options<GatewayPodOptions> = {
  ...GATEWAY_SIZE,
  nodeSelector: 'map',
  tolerations: 'list',
  priorityClassName: 'text',
};

/** @throws WrongType, OptionUnknown */
export function checkPods<T extends GatewayPodOptions>(where: Construct | string, given: T, options: Options<T>): T {
  const checked = checkOptions(where, given, options);
  const { tolerations } = checked;
  return { ...checked, tolerations: tolerations?.map((toleration) => checkOptions(where, toleration, TOLERATION)) };
}

/** An empty value is allowed: many labels of nodes and many taints are a key alone, as "node-role.kubernetes.io/infra". */
const isNodeValue = (value: string) => value === '' || LABEL_VALUE.test(value);

/** Checks where pods may run. @throws LabelSyntax, NameSyntax */
export function checkPlacement(scope: Construct, options: GatewayPodOptions): GatewayPodOptions {
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

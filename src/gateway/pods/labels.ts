import { Construct } from 'constructs';
import { EgressError } from '../../errors';
import { isKind } from '../../options';

/** Keys and values that Kubernetes takes. */
export const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
export const LABEL_VALUE = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** Whether it is labels, or values like theirs by the same keys. */
export function isLabels(given: unknown, isValue: (value: string) => boolean): given is { [key: string]: string } {
  if (!isKind(given, 'map')) return false;
  return Object.entries(given as { [key: string]: string }).every(
    ([key, value]) => LABEL_KEY.test(key) && isValue(value),
  );
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

import { Construct } from 'constructs';
import { Slot } from '../slot';

/** What a warning is about: what is declared is not enforced, or not installed. */
export type WarningType = 'EgressNotEnforced' | 'EgressNotInstalled';

/** A warning that Node prints to the standard error, with a stable code. */
export function warn(type: WarningType, code: string, message: string): void {
  process.emitWarning(message, { type, code });
}

/**
 * Makes an app warn once, at synthesis, when everything that its constructs say is known.
 *
 * @param message Undefined if there is nothing to warn of
 */
export function warnAtSynthesis(
  scope: Construct,
  type: WarningType,
  code: string,
  message: () => string | undefined,
): void {
  const { root } = scope.node;
  const registered = new Slot<true>(`Warning.${code}`);
  if (registered.of(root)) return;
  registered.set(root, true);
  let said = false; // cdk8s asks once per chart.
  root.node.addValidation({
    validate: () => {
      const text = said ? undefined : message();
      said = true;
      if (text !== undefined) warn(type, code, text);
      return [];
    },
  });
}

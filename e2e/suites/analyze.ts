/** Messages of `istioctl analyze` that an example may cause: the exact line, and why it is right here. */
const REASONS: Record<string, { line: string; reason: string }[]> = {
  'dist/observe-then-enforce': ['orders', 'shop'].map((namespace) => ({
    line: `Warning [IST0171] (AuthorizationPolicy istio-egress/istio-egress.${namespace}) A condition with a negative status is present: type=ZtunnelAccepted, reason=UnsupportedValue, message=found policy "istio-egress/istio-egress.${namespace}" using dry-run annotation, but support for ambient dry-run authorizationPolicies isn't enabled.`,
    reason: 'the policy is for the pods of a gateway, which ztunnel does not serve',
  })),
};

const ALL_IS_WELL = /^\s*✔ No validation issues found when analyzing (all namespaces|-)\.$/;

/** The lines that `istioctl analyze` prints beyond "all is well" and those with a reason. */
export function unexplained(example: string, output: string): string[] {
  const known = (REASONS[example] ?? []).map(({ line }) => line);
  return output
    .split('\n')
    .filter((line) => line.trim() && !ALL_IS_WELL.test(line))
    .filter((line) => !known.includes(line));
}

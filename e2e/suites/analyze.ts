const PROBED = (gateway: string, selector: string) => ({
  line: `Warning [IST0162] (Gateway ${gateway}) The gateway is listening on a target port (port 8081) that is not defined in the Service associated with its workload instances (Pod selector istio=${selector}). If you need to access the gateway port through the gateway Service, it will not be available.`,
  reason: 'the port is for a probe from within the pod, to which no Service shall lead',
});

/** istiod copies the annotation that a Gateway has for its pods to everything that it makes from the Gateway. */
const HEADERS_HIDDEN = ['Deployment', 'Service'].map((kind) => ({
  line: `Warning [IST0107] (${kind} istio-egress/egress-waypoint) Misplaced annotation: proxy.istio.io/config can only be applied to Pod`,
  reason: 'the annotation is for the pods, where it hides what Envoy says of the calls',
}));

/** Messages of `istioctl analyze` that an example may cause: the exact line, and why it is right here. */
const REASONS: Record<string, { line: string; reason: string }[]> = {
  'dist/ambient-waypoint': HEADERS_HIDDEN,
  'dist/sidecar-to-ambient': HEADERS_HIDDEN,
  'dist/dedicated-gateway': [PROBED('ledger-egress/ledger-egress-upstream-probe', 'ledger-egress')],
  'dist/upstream-proxy': [
    PROBED('httpbin/httpbin-egress-upstream-probe', 'httpbin-egress.httpbin'),
    PROBED('crm/crm-egress-upstream-probe', 'crm-egress.crm'),
  ],
  'dist/upstream-proxy-opa': [
    {
      line: 'Warning [IST0171] (AuthorizationPolicy httpbin/httpbin-egress.opa.authorization) A condition with a negative status is present: type=ZtunnelAccepted, reason=UnsupportedValue, message=ztunnel does not support the CUSTOM action.',
      reason: 'the policy is for the pods of a gateway, which ztunnel does not serve',
    },
  ],
  'dist/observe-then-enforce': ['orders', 'shop'].map((namespace) => ({
    line: `Warning [IST0171] (AuthorizationPolicy istio-egress/istio-egress.${namespace}.dry-run) A condition with a negative status is present: type=ZtunnelAccepted, reason=UnsupportedValue, message=found policy "istio-egress/istio-egress.${namespace}.dry-run" using dry-run annotation, but support for ambient dry-run authorizationPolicies isn't enabled.`,
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

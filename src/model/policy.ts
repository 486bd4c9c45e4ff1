import { Manifest } from './manifest';
import { Value } from './value';

/** A policy for the pods that it selects: of its own namespace, or, from the root namespace, of all. */
export interface Policy {
  readonly manifest: Manifest;
  readonly namespace: string;
  readonly selector: Record<string, string>;
  /** Whether it is for Gateways or Services of the Gateway API by name, and so for no pods by label. */
  readonly targeted: boolean;
}

/** An Istio AuthorizationPolicy. */
export interface AuthorizationPolicy extends Policy {
  readonly action: 'ALLOW' | 'DENY' | 'CUSTOM' | 'AUDIT';
  readonly rules: Value[];
}

/** Reads whom a policy is for: AuthorizationPolicy, RequestAuthentication, EnvoyFilter, WasmPlugin. */
export function toPolicy(manifest: Manifest): Policy {
  const { namespace, spec } = manifest;
  return {
    manifest,
    namespace,
    selector: { ...spec.at('selector', 'matchLabels').map, ...spec.at('workloadSelector', 'labels').map },
    targeted: spec.at('targetRef').exists || spec.at('targetRefs').items.length > 0,
  };
}

/** Reads an AuthorizationPolicy. */
export function toAuthorizationPolicy(manifest: Manifest): AuthorizationPolicy {
  const action = manifest.spec.at('action').text?.toUpperCase();
  return {
    ...toPolicy(manifest),
    action: action === 'DENY' || action === 'CUSTOM' || action === 'AUDIT' ? action : 'ALLOW',
    rules: manifest.spec.at('rules').items,
  };
}

/** A value as a literal of CEL: JSON's literals are CEL's too. */
export const literal = (value: unknown): string => JSON.stringify(value);

/** The kinds that are looked at, with their resources. */
export const KINDS = {
  VirtualService: 'virtualservices',
  DestinationRule: 'destinationrules',
  ServiceEntry: 'serviceentries',
  Gateway: 'gateways',
  Sidecar: 'sidecars',
  EnvoyFilter: 'envoyfilters',
  NetworkPolicy: 'networkpolicies',
} as const;

/** One of them. */
export type Kind = keyof typeof KINDS;

/** What a manifest of some kinds must not be. */
export interface AdmissionRule {
  readonly kinds: Kind[];
  /** True for what is refused, in CEL. */
  readonly refuses: string;
  /** What is wrong, as a sentence without its full stop. */
  readonly what: string;
  /** What to do instead. */
  readonly fix: string;
}

/** A named expression that rules share. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** A rule as a validation: it holds for what is of another kind, or does not match. */
export function validation({ kinds, refuses, what, fix }: AdmissionRule) {
  return {
    expression: `!(object.kind in ${literal(kinds)}) || !(${refuses})`,
    message: `${what}; ${fix}`,
    reason: 'Forbidden',
  };
}

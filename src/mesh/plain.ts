/**
 * A generated type in the words of YAML: where it has an enum, the texts that its values stand for. With `satisfies Plain<…>` the
 * compiler holds a spec to its CRD, and nothing of the generated code, which is half of the package, is loaded to write one.
 */
export type Plain<T> = T extends string
  ? `${T}`
  : T extends (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [K in keyof T as K extends keyof Renamed ? Renamed[K] : K]: Plain<T[K]> }
      : T;

/** Fields that have another name in the generated code, because jsii takes no such name, and their names in YAML. A test finds them. */
export interface Renamed {
  readonly consecutive5XxErrors: 'consecutive5xxErrors';
  readonly jwksUri: 'jwks_uri';
  readonly mirrorPercent: 'mirror_percent';
  readonly wellKnownCaCertificates: 'wellKnownCACertificates';
}

import { Construct } from 'constructs';
import { EgressError } from '../errors';

/** The release that this version of the library is generated from and tested against; `versions.json` pins it. */
export const TESTED_ISTIO = '1.31.1';

/** The first release with `serviceAccounts` in AuthorizationPolicy, on which every grant rests. */
const OLDEST: Version = [1, 25, 0];

type Version = readonly [major: number, minor: number, patch: number];

/** An Istio version that a mesh runs, as far as it decides what can be emitted. */
export class IstioVersion {
  /** @throws VersionUnsupported if it is no version, or older than the oldest that can carry a grant */
  public static parse(scope: Construct, text: string): IstioVersion {
    const match = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?$/.exec(typeof text === 'string' ? text : '');
    const version: Version | undefined = match
      ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
      : undefined;
    if (!version || compare(version, OLDEST) < 0) {
      throw new EgressError('VersionUnsupported', scope, {
        what: '`istioVersion` is not an Istio version that this library can target',
        given: text,
        allowed: `${OLDEST[0]}.${OLDEST[1]} or newer, as "1.31" or "1.31.1"; tested with ${TESTED_ISTIO}`,
        fix: 'set the version that `istioctl version` shows for the control plane',
      });
    }
    return new IstioVersion(version);
  }

  private constructor(private readonly version: Version) {}

  /** Whether this version is at least the given one. */
  public atLeast(major: number, minor: number, patch = 0): boolean {
    return compare(this.version, [major, minor, patch]) >= 0;
  }

  /**
   * Whether a "." in the `serviceAccounts` of an AuthorizationPolicy stands for itself. Before, it was read as a
   * regular expression's wildcard, so that a grant also let other accounts through.
   *
   * @see CVE-2026-39350, fixed in 1.27.9, 1.28.6 and 1.29.2
   */
  public get quotesServiceAccounts(): boolean {
    const [, minor] = this.version;
    if (minor === 27) return this.atLeast(1, 27, 9);
    if (minor === 28) return this.atLeast(1, 28, 6);
    return this.atLeast(1, 29, 2);
  }
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

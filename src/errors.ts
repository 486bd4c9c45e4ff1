import { Construct } from 'constructs';

/**
 * Every code that this library can fail with. Codes are part of the public contract: they are documented in
 * `docs/errors.md`, never reused, and removed only in a major version.
 */
export const ERROR_CODES = [
  'AddressSyntax',
  'CaptureConflict',
  'ClientAnyAlone',
  'ClientHopConflict',
  'ClientInExitNamespace',
  'ClientsMissing',
  'CredentialNamespace',
  'DestinationConflict',
  'DuplicateObject',
  'EndpointSyntax',
  'ExitCannotCarry',
  'ExitInRootNamespace',
  'ExitSelectorShared',
  'GuardDirect',
  'GuardExitUnknown',
  'GuardNamespaces',
  'GuardOnExit',
  'HeaderSyntax',
  'HostCount',
  'HostInCluster',
  'HostIpAddress',
  'HostOnTwoExits',
  'HostSyntax',
  'HostWildcard',
  'HostsMissing',
  'HttpRuleSyntax',
  'IngressHostTwice',
  'InstallationFolder',
  'LabelSyntax',
  'MeshConfiguredLate',
  'MetadataReserved',
  'NameSyntax',
  'NotDeclared',
  'NotInline',
  'OutputFileCollision',
  'PortConflict',
  'PortRange',
  'PortsMissing',
  'ProbeSyntax',
  'QuantitySyntax',
  'ResolutionNone',
  'RetriesRange',
  'ServiceAccountDots',
  'SettingRange',
  'SidecarTwice',
  'SubjectAltNameSyntax',
  'TelemetryTwice',
  'TimeoutRange',
  'UnaskedBytes',
  'VersionUnsupported',
  'WrongType',
] as const;

/** A stable, documented error code. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a reader of the error needs in order to mend it. */
export interface Problem {
  /** What is wrong, as a sentence without its full stop. */
  readonly what: string;
  /** The value that was given. */
  readonly given?: unknown;
  /** What would have been accepted. */
  readonly allowed?: string;
  /** The change to make. */
  readonly fix: string;
}

/**
 * The one error class of this library. It is internal, because jsii does not export subclasses of `Error`: callers tell
 * errors apart by `code`, which also opens the message.
 */
export class EgressError extends Error {
  public constructor(
    public readonly code: ErrorCode,
    where: Construct | string,
    problem: Problem,
  ) {
    super(describe(code, where, problem));
    this.name = 'EgressError';
  }
}

/** The text of an error; checks of the whole tree report it without throwing. */
export function describe(code: ErrorCode, where: Construct | string, problem: Problem): string {
  const path = typeof where === 'string' ? where : where.node.path || '(app)';
  const lines = [`[${code}] ${path}: ${problem.what}.`];
  if ('given' in problem) lines.push(`given: ${printable(problem.given)}`);
  if (problem.allowed) lines.push(`allowed: ${problem.allowed}`);
  lines.push(`fix: ${problem.fix}`);
  return lines.join('\n  ');
}

/** One line, whatever was passed: JSON escapes control characters, and long values are cut. */
function printable(value: unknown): string {
  const text = JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v)) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

import { ResolvedHttpRule } from '../../policy/http-rule';

/** What a rule does with the calls that it names. */
export enum ReportedRuleAction {
  /** It lets them pass, and of all others only those that another such rule names. */
  ALLOW = 'allow',

  /** It refuses them. */
  DENY = 'deny',
}

/** A rule about the HTTP calls of a declaration. What is left out matches everything. */
export interface ReportedRule {
  /** What it does with them. */
  readonly action: ReportedRuleAction;

  /** Whether it is only tried out: calls pass or fail as if it were not there. */
  readonly dryRun: boolean;

  /**
   * The clients that it is about, as "payments/checkout" or "payments/*".
   * @default - all clients of the declaration
   */
  readonly clients?: string[];

  /**
   * Methods.
   * @default - every method
   */
  readonly methods?: string[];

  /**
   * Paths, as `HttpRuleMatch` takes them.
   * @default - every path
   */
  readonly paths?: string[];

  /**
   * Request headers, in lower case, and the values of which one must be sent.
   * @default - whatever headers
   */
  readonly headers?: { [name: string]: string[] };
}

const ACTIONS = { allow: ReportedRuleAction.ALLOW, deny: ReportedRuleAction.DENY };

/** A rule, as reports say it. */
export function reportRule({ action, dryRun, clients, methods, paths, headers }: ResolvedHttpRule): ReportedRule {
  return {
    action: ACTIONS[action],
    dryRun: dryRun ?? false,
    clients,
    methods,
    paths,
    headers: headers && Object.fromEntries(headers.map(({ name, values }) => [name, values])),
  };
}

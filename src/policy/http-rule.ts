import { Construct } from 'constructs';
import { checkClients, EgressClient } from './egress-client';
import { EgressError } from '../errors';

/** Which HTTP calls a rule is about. What is not named matches everything; what is named must all match. */
export interface HttpRuleMatch {
  /**
   * Clients that the rule is about, some of the declaration's own.
   * @default - all clients of the declaration
   */
  readonly clients?: EgressClient[];

  /**
   * Methods, in capitals.
   * @default - every method
   */
  readonly methods?: string[];

  /**
   * Paths without query: exact ("/v1/charges"), everything that begins with it ("/v1/*"), or a template in which "{*}" stands
   * for one segment and "{**}" for any number ("/v1/{*}/refunds"). gRPC methods are paths as well ("/pkg.Service/Method").
   * @default - every path
   */
  readonly paths?: string[];

  /**
   * Request headers and the values of which one must be sent: exact, "begin*", "*end", or "*" for any value.
   * @default - whatever headers
   */
  readonly headers?: { [name: string]: string[] };
}

const RULE = Symbol.for('cdk8s-istio-egress.HttpRule');

/**
 * Which of the HTTP calls of a declaration pass. Without rules every call of its clients does; with at least one
 * `HttpRule.allow` only those that some `allow` names; and what a `HttpRule.deny` names never does.
 *
 * Rules read the path as the mesh has normalized it. With Istio's default (`BASE`), "//admin" is not "/admin", so that a
 * `deny` by path can be got round: prefer `allow`, or set the mesh's `pathNormalization` to `DECODE_AND_MERGE_SLASHES`.
 *
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export class HttpRule {
  /** Lets these calls pass, and of all others only what another `allow` names. */
  public static allow(match: HttpRuleMatch): HttpRule {
    return new HttpRule('allow', match);
  }

  /** Refuses these calls with 403, whatever allows them. */
  public static deny(match: HttpRuleMatch): HttpRule {
    return new HttpRule('deny', match);
  }

  private constructor(
    /** @internal */
    public readonly _action: 'allow' | 'deny',
    /** @internal */
    public readonly _match: HttpRuleMatch,
    /** @internal */
    public readonly _dryRun = false,
  ) {
    Object.defineProperty(this, RULE, { value: true });
  }

  /**
   * The same rule, only tried out: calls pass or fail as if it were not there, and the exit's log says what it would have done
   * (fields `trial` and `trial_denied_by` of `EgressAccessLog`).
   */
  public dryRun(): HttpRule {
    return new HttpRule(this._action, this._match, true);
  }
}

/** A checked rule, in the words of an AuthorizationPolicy. */
export interface ResolvedHttpRule extends HttpCondition {
  readonly action: 'allow' | 'deny';
  /** Names of the clients that it is about; undefined for all. */
  readonly clients?: string[];
  /** Whether it is only tried out. */
  readonly dryRun?: true;
}

/** What a call has to be like. */
export interface HttpCondition {
  readonly methods?: string[];
  readonly paths?: string[];
  readonly headers?: { readonly key: string; readonly values: string[] }[];
}

/** @throws HttpRuleSyntax, WrongType */
export function resolveHttpRules(scope: Construct, rules: HttpRule[]): ResolvedHttpRule[] {
  return rules.map((rule) => {
    if (typeof rule !== 'object' || rule === null || !(RULE in rule)) {
      // Anything else could be read as a rule that matches every call.
      throw new EgressError('WrongType', scope, {
        what: 'a rule is no HttpRule',
        given: rule,
        allowed: 'HttpRule.allow, HttpRule.deny',
        fix: 'make the rule with one of them',
      });
    }
    return resolve(scope, rule);
  });
}

const METHOD = /^[A-Z]+$/;
/** As calls carry it. An AuthorizationPolicy knows a "*" at the end and templates; anywhere else it would be a literal star. */
const PATH = /^(?=[!-~]+$)\/(\*?|([^\s*?#{}]|\{\*\}|\{\*\*\})+\*?)$/;
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^(\*|\*?[^\x00-\x1f\x7f*]+|[^\x00-\x1f\x7f*]+\*)$/; // eslint-disable-line no-control-regex

function resolve(scope: Construct, { _action: action, _match: match, _dryRun }: HttpRule): ResolvedHttpRule {
  const { clients, methods, paths, headers } = match;
  const names = Object.keys(headers ?? {}).map((name) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) refuse(scope, 'a header is named twice, so that it would need two values at once', twice);
  const conditions = [clients, methods, paths, headers && Object.keys(headers)].filter((list) => list !== undefined);
  if (conditions.length === 0 || conditions.some((list) => !Array.isArray(list) || list.length === 0)) {
    refuse(scope, 'a rule without a condition, or with an empty list, matches what nobody meant', match);
  }
  return {
    action,
    dryRun: _dryRun || undefined,
    clients: clients && checkClients(scope, clients).map(String),
    methods: methods && checkEach(scope, 'a method', METHOD, methods),
    paths: paths && checkEach(scope, 'a path', PATH, paths).map((path) => checkTemplate(scope, path)),
    headers:
      headers &&
      Object.entries(headers)
        .map(([name, values]) => {
          const [key] = checkEach(scope, 'a header name', HEADER, [name]);
          if (!Array.isArray(values) || values.length === 0) refuse(scope, 'a header without values', name);
          return {
            key: `request.headers[${key.toLowerCase()}]`,
            values: checkEach(scope, 'a header value', VALUE, values),
          };
        })
        .sort((a, b) => a.key.localeCompare(b.key)),
  };
}

function checkEach(scope: Construct, what: string, pattern: RegExp, values: string[]): string[] {
  const bad = values.find((value) => typeof value !== 'string' || !pattern.test(value));
  if (bad !== undefined) refuse(scope, `${what} of a rule cannot be matched`, bad);
  return [...new Set(values)].sort();
}

/** A literal segment beside a template. @see CheckValidPathTemplate in istio/istio, pkg/config/security/security.go */
const SEGMENT = /^[\w.~%!$&'()+,;:@=-]+$/;

/** Istio takes a template for whole segments only, "{**}" as the last one, and no "*" beside it. */
function checkTemplate(scope: Construct, path: string): string {
  if (!path.includes('{')) return path;
  const segments = path.replace(/^\/+|\/+$/g, '').split('/');
  const [, ...afterRest] = segments.slice(segments.concat('{**}').indexOf('{**}'));
  const bad = segments.some((segment) => !/^\{\*\*?\}$/.test(segment) && !SEGMENT.test(segment));
  if (bad || afterRest.some((segment) => segment.startsWith('{'))) {
    refuse(scope, 'a template stands for whole segments, "{**}" as the last of them, without another "*"', path);
  }
  return path;
}

function refuse(scope: Construct, what: string, given: unknown): never {
  throw new EgressError('HttpRuleSyntax', scope, {
    what,
    given,
    allowed:
      'methods as "GET", paths as "/v1/charges", "/v1/*" or "/v1/{*}/refunds", header values as "text", "begin*", "*end" or "*"',
    fix: 'correct the rule',
  });
}

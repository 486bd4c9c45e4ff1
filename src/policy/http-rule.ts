import { Construct } from 'constructs';
import { checkClients, EgressClient } from './egress-client';
import { hasOneSpelling, isUnambiguousPath } from './path-form';
import { Brand } from '../brand';
import { EgressError } from '../errors';
import { OF_THE_CONNECTION, UNWRITABLE } from '../header-names';
import { checkOptions, isKind, Options } from '../options';

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
   * Request headers and the values of which one must be sent: exact, or "*" for any value. A `deny` takes "*" alone: a value can
   * be hidden in a list.
   * @default - whatever headers
   */
  readonly headers?: { [name: string]: string[] };
}

const MATCH: Options<HttpRuleMatch> = { clients: 'checked', methods: 'checked', paths: 'checked', headers: 'checked' };

/**
 * Which of the HTTP calls of a declaration pass. Without `rules` every call of its clients does; with at least one
 * `HttpRule.allow` only those that some `allow` names; and what a `HttpRule.deny` names never does.
 *
 * What a policy and the upstream could read in two ways, the exit does not route where rules name it: paths with encoded slashes,
 * empty segments or ";", methods in lower case, and two values of one header. All clients of a host share its routes.
 *
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/
 *
 * @example
 * new TlsOriginationEgress(chart, 'Stripe', {
 *   hosts: ['api.stripe.com'],
 *   exit,
 *   clients: [EgressClient.serviceAccount('payments', 'checkout')],
 *   rules: [
 *     HttpRule.allow({ methods: ['GET'], paths: ['/v1/charges', '/v1/{*}/refunds'] }),
 *     HttpRule.deny({ paths: ['/v1/accounts/*'] }).dryRun(),
 *   ],
 * });
 */
export class HttpRule {
  /**
   * Lets these calls pass, and of all others only what another `allow` names.
   * @throws OptionUnknown, WrongType
   */
  public static allow(match: HttpRuleMatch): HttpRule {
    return RULE.mark(new HttpRule('allow', checkOptions('HttpRule.allow', match, MATCH)));
  }

  /**
   * Refuses these calls with 403, whatever allows them.
   * @throws OptionUnknown, WrongType
   */
  public static deny(match: HttpRuleMatch): HttpRule {
    return RULE.mark(new HttpRule('deny', checkOptions('HttpRule.deny', match, MATCH)));
  }

  private constructor(
    /** @internal */
    public readonly _action: 'allow' | 'deny',
    /** @internal */
    public readonly _match: HttpRuleMatch,
    /** @internal */
    public readonly _dryRun = false,
  ) {}

  /**
   * The same rule, only tried out: calls pass or fail as if it were not there, and the exit's log says what it would have done
   * (fields `trial` and `trial_denied_by` of `EgressAccessLog`).
   */
  public dryRun(): HttpRule {
    return RULE.mark(new HttpRule(this._action, this._match, true));
  }
}

const RULE = new Brand<HttpRule>('HttpRule', 'HttpRule.allow, HttpRule.deny');

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
  readonly headers?: HeaderCondition[];
}

/** A request header, in lower case, and the values of which one must be sent. */
export interface HeaderCondition {
  readonly name: string;
  readonly values: string[];
}

/** Headers, as an AuthorizationPolicy asks for them. */
export function whenHeaders(headers: HeaderCondition[]): { key: string; values: string[] }[] {
  return headers.map(({ name, values }) => ({ key: `request.headers[${name}]`, values }));
}

/**
 * The rules of a declaration.
 *
 * @throws HttpRuleSyntax for an empty list too, which says neither that every call passes nor that none does; WrongType
 */
export function resolveHttpRules(scope: Construct, rules: HttpRule[]): ResolvedHttpRule[] {
  if (!Array.isArray(rules) || rules.length === 0) {
    throw new EgressError('HttpRuleSyntax', scope, {
      what: 'there is no rule in `rules`, and without any every call would pass',
      given: rules,
      allowed: 'at least one HttpRule',
      fix: 'leave `rules` out to let every call of the clients pass, or do not declare what nobody may call',
    });
  }
  return [...rules].map((rule) => resolve(scope, RULE.check(scope, 'rules', rule)));
}

const METHOD = /^[A-Z]+$/;
/** As calls carry it. An AuthorizationPolicy knows a "*" at the end and templates; anywhere else it would be a literal star. */
const PATH = /^(?=[!-~]+$)\/(\*?|([^\s*?#{}]|\{\*\}|\{\*\*\})+\*?)$/;
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^(\*|[!-)+-~]([ -)+-~]*[!-)+-~])?)$/;
/** Whatever a header says, as long as it is there. */
export const ANY_VALUE = '*';

/** Each dash of a header's name may come as an underscore, and all of these forms are removed. */
const MOST_DASHES = 5;

function resolve(scope: Construct, { _action: action, _match: match, _dryRun }: HttpRule): ResolvedHttpRule {
  const { clients, methods, paths, headers } = match;
  if (Object.values(match).length === 0) {
    refuse(scope, 'a rule without a condition matches what nobody meant', match);
  }
  return {
    action,
    dryRun: _dryRun || undefined,
    clients: clients === undefined ? undefined : checkRuleClients(scope, clients),
    methods: methods === undefined ? undefined : checkEach(scope, 'a method', METHOD, methods),
    paths:
      paths === undefined
        ? undefined
        : checkEach(scope, 'a path', PATH, paths).map((path) => checkPath(scope, action, path)),
    headers: headers === undefined ? undefined : checkHeaders(scope, action, headers),
  };
}

function checkRuleClients(scope: Construct, clients: EgressClient[]): string[] {
  if (!Array.isArray(clients) || clients.length === 0) {
    refuse(scope, 'a rule about no client holds for nobody', clients);
  }
  return checkClients(scope, clients).map(String);
}

function checkHeaders(
  scope: Construct,
  action: 'allow' | 'deny',
  headers: { [name: string]: string[] },
): HeaderCondition[] {
  const entries = isKind(headers, 'json') ? Object.entries(headers) : [];
  if (entries.length === 0) refuse(scope, '`headers` names no header', headers);
  const names = entries.map(([name]) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) refuse(scope, 'a header is named twice, so that it would need two values at once', twice);
  return entries
    .map(([name, values]) => ({
      name: checkEach(scope, 'a header name', HEADER, [name])[0].toLowerCase(),
      values: checkEach(scope, 'a header value', VALUE, values),
    }))
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((header) => checkHeader(scope, action, header));
}

function checkHeader(scope: Construct, action: 'allow' | 'deny', header: HeaderCondition): HeaderCondition {
  const { name, values } = header;
  if (UNWRITABLE.includes(name)) refuse(scope, 'no manifest can be written with a header of this name', name);
  const named = values.some((text) => text !== ANY_VALUE);
  if (named && (name === 'host' || OF_THE_CONNECTION.test(name))) {
    refuse(scope, 'the exit writes a header as a rule names it, and this one says where a call goes or where it ends', {
      [name]: values,
    });
  }
  if (name.split('-').length > MOST_DASHES + 1 || name.includes('_')) {
    refuse(
      scope,
      'some servers read "_" and "-" in a header name alike, and this name has too many forms or is one of them',
      name,
    );
  }
  const value = action === 'deny' ? values.find((text) => text !== ANY_VALUE) : undefined;
  if (value !== undefined) {
    refuse(scope, 'a `deny` by the value of a header is got round by a list that holds the value', { [name]: value });
  }
  return header;
}

function checkEach(scope: Construct, what: string, pattern: RegExp, values: string[]): string[] {
  if (!Array.isArray(values) || values.length === 0) {
    refuse(scope, `an empty list matches what nobody meant: ${what}`, values);
  }
  // A copy, because a list may have holes.
  const given = [...values];
  const bad = given.findIndex((value) => typeof value !== 'string' || !pattern.test(value));
  if (bad >= 0) refuse(scope, `${what} of a rule cannot be matched`, given[bad]);
  return [...new Set(given)].sort();
}

/**
 * A path that no call could have would be a rule that never holds. And a `deny` must know every spelling of what it is about:
 * upstreams decode "%3A", and policies do not.
 */
function checkPath(scope: Construct, action: 'allow' | 'deny', path: string): string {
  const sample = path.replace(/\{\*\*?\}|\*$/g, 'x');
  if (!isUnambiguousPath(sample)) {
    refuse(
      scope,
      'an upstream may read this path in another way than the policy, so that the exit routes no such call',
      path,
    );
  }
  if (action === 'deny' && !hasOneSpelling(sample)) {
    refuse(
      scope,
      'a `deny` holds for one spelling, and this path can also be sent with other characters encoded',
      path,
    );
  }
  return checkTemplate(scope, path);
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
      'methods as "GET", paths as "/v1/charges", "/v1/*" or "/v1/{*}/refunds", header values as "text" or "*", in a `deny` "*" alone; in the paths of a `deny` a-z, A-Z, 0-9, "-", ".", "_" and "~"',
    fix: 'correct the rule',
  });
}

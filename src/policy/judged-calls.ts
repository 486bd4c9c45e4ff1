import { Construct } from 'constructs';
import { EgressClient } from './egress-client';
import { ANY_VALUE, ResolvedHttpRule } from './http-rule';
import { observedNamespaces } from './observed';
import { PATH_HEADERS, UNAMBIGUOUS_PATH } from './path-form';
import { EgressError } from '../errors';

/** Headers by which some frameworks take another method or path than the request line's. */
const OTHER_METHOD = ['x-http-method', 'x-http-method-override', 'x-method-override'];

/**
 * The form of methods that the exit routes. Some servers take a method in lower case, which HTTP/2 can carry, for the one in capitals.
 */
const METHOD = '[A-Z-]+';

/** Istio's limit for an expression, and a bound for the routes of a host. */
const LONGEST_EXPRESSION = 1024;
const MOST_ROUTES = 64;

/** A route for calls that a policy and the upstream read alike, in the form of a VirtualService. */
export interface JudgedRoute {
  readonly match: {
    readonly uri?: { readonly regex: string };
    readonly method?: { readonly regex: string };
    readonly headers?: { readonly [name: string]: { readonly exact: string } };
    readonly withoutHeaders?: { readonly [name: string]: { readonly regex: string } };
  };
  /** Request headers that the upstream gets as a rule names them, and in no other form beside it. */
  readonly set: { readonly [name: string]: string };
}

/**
 * What the HTTP rules of a host read of its calls. A policy compares texts; an upstream understands them. So where rules name
 * paths, methods or headers, the exit routes only calls in which both see the same, whoever calls: the others get 404. A policy
 * cannot say so itself, because it knows no regular expressions.
 */
export class JudgedCalls {
  private readonly known: { readonly rule: ResolvedHttpRule; readonly clients: EgressClient[] }[] = [];

  public constructor(private readonly scope: Construct) {}

  /** Takes in the rules of a declaration, for its clients. @throws HttpRuleSyntax if no route could tell their headers apart */
  public add(scope: Construct, rules: ResolvedHttpRule[], clients: EgressClient[]): void {
    for (const rule of rules.filter(({ dryRun }) => !dryRun)) {
      const { clients: named } = rule;
      this.known.push({ rule, clients: clients.filter((client) => named?.includes(client.toString()) ?? true) });
    }
    checkSize(scope, valuesOf(this.known.map(({ rule }) => rule)));
  }

  /** The routes; a single one without conditions where no rule reads anything. */
  public get routes(): JudgedRoute[] {
    const { rules } = this;
    const match = {
      ...(rules.some(({ paths }) => paths) && { uri: { regex: UNAMBIGUOUS_PATH } }),
      ...(rules.some(({ methods }) => methods) && { method: { regex: METHOD } }),
    };
    // Each header by itself, and so all combinations.
    return [...valuesOf(rules)].reduce<JudgedRoute[]>(
      (routes, [name, values]) => routes.flatMap((route) => byHeader(route, name, values)),
      [{ match, set: {} }],
    );
  }

  /** Request headers that never reach the upstream, because it could take them for what the rules read. */
  public get removedHeaders(): string[] {
    const { rules } = this;
    return [
      ...(rules.some(({ methods }) => methods) ? OTHER_METHOD : []),
      ...(rules.some(({ paths }) => paths) ? PATH_HEADERS : []),
      ...new Set(rules.flatMap(({ headers = [] }) => headers.flatMap(({ name }) => namesWithUnderscores(name)))),
    ];
  }

  /** Read when everything is declared. To namespaces that are observed nothing is refused, so their rules ask for nothing. */
  private get rules(): ResolvedHttpRule[] {
    const observed = observedNamespaces(this.scope);
    return this.known
      .filter(({ clients }) => clients.some(({ namespaceName }) => !namespaceName || !observed.includes(namespaceName)))
      .map(({ rule }) => rule);
  }
}

/** The values that rules allow, by the header's name. */
function valuesOf(rules: ResolvedHttpRule[]): Map<string, string[]> {
  const all = new Map<string, Set<string>>();
  for (const { name, values } of rules.flatMap(({ headers = [] }) => headers)) {
    for (const value of values.filter((text) => text !== ANY_VALUE)) {
      all.set(name, (all.get(name) ?? new Set()).add(value));
    }
  }
  return new Map([...all.keys()].sort().map((name) => [name, [...all.get(name)!].sort()]));
}

/**
 * One route for each value, and one for calls with none of them. A policy is content with one line of a header among several, so
 * the upstream gets that line alone; with two that rules name, nobody knows which one a rule was about.
 */
function byHeader({ match, set }: JudgedRoute, name: string, values: string[]): JudgedRoute[] {
  const without = (others: string[]) =>
    others.length > 0 && { withoutHeaders: { ...match.withoutHeaders, [name]: { regex: oneOf(others) } } };
  return [
    ...values.map((value) => ({
      match: {
        ...match,
        headers: { ...match.headers, [name]: { exact: value } },
        ...without(values.filter((other) => other !== value)),
      },
      set: { ...set, [name]: value.replace(/%/g, '%%') },
    })),
    { match: { ...match, ...without(values) }, set },
  ];
}

const oneOf = (texts: string[]): string => texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');

function checkSize(scope: Construct, headers: Map<string, string[]>): void {
  const long = [...headers].find(([, values]) => oneOf(values).length > LONGEST_EXPRESSION);
  const routes = [...headers.values()].reduce((product, values) => product * (values.length + 1), 1);
  if (!long && routes <= MOST_ROUTES) return;
  throw new EgressError('HttpRuleSyntax', scope, {
    what: 'the rules of this host name more values of headers than the routes at the exit can tell apart',
    given: long?.[0] ?? [...headers.keys()],
    allowed: `values of ${LONGEST_EXPRESSION} characters in all for each header, and ${MOST_ROUTES} combinations of values`,
    fix: 'name fewer values, or send some of the calls through another exit',
  });
}

/** Servers that make variables of headers (CGI, WSGI, Rack) read "x_role" as "x-role". */
function namesWithUnderscores(name: string): string[] {
  const [first, ...rest] = name.split('-');
  const all = rest.reduce((names, part) => names.flatMap((begun) => [`${begun}-${part}`, `${begun}_${part}`]), [first]);
  return all.filter((other) => other !== name);
}

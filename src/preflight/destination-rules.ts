import { byAge, Ours } from './age';
import { MeshConfig } from './mesh-config';
import { DestinationRule } from '../model/destination-rule';
import { covers, isWildcard } from '../model/hosts';
import { selects } from '../model/selectors';
import { Value } from '../model/value';

/** Rules for one host that istiod has merged into one. */
export interface MergedRule {
  readonly exportTo: ReadonlySet<string>;
  readonly namespace: string;
  readonly selector?: Record<string, string>;
  readonly from: DestinationRule[];
  policy?: Value;
  readonly subsets: Map<string, Value>;
}

/** From which proxies a call goes where. */
export interface HopOptions {
  /** The namespace of the proxies. */
  readonly namespace: string;
  readonly host: string;
  readonly port?: number;
  readonly subset?: string;
  /** The namespace of the Service or ServiceEntry that the host is. */
  readonly service?: string;
}

/** In which version of HTTP a proxy calls. */
export type HttpVersion = 'HTTP/1.1' | 'HTTP/2' | "the caller's version of HTTP";

/** How a proxy calls a port of a host, as far as a DestinationRule decides it. */
export interface Connection {
  /** false where the subset is in none of the rules that count: such calls fail with 503. */
  readonly found: boolean;
  /** The TLS settings, as a text to compare; undefined for none. */
  readonly tls?: string;
  /** The TLS mode; undefined where nothing sets one, and Istio decides. */
  readonly mode?: string;
  /** The server that the proxy asks for, where the rule says it. */
  readonly sni?: string;
  /** The version of HTTP, where the rule says one. */
  readonly http?: HttpVersion;
  /** The rules that decided. */
  readonly from: DestinationRule[];
}

/** The rules of one place, by host; of several for a host, those that istiod keeps apart. */
interface Place {
  readonly exact: Map<string, MergedRule[]>;
  readonly patterns: Map<string, MergedRule[]>;
}

/**
 * Which DestinationRule a proxy uses for a host, decided as istiod decides it.
 *
 * @see setDestinationRules, mergeDestinationRule and destinationRule in istio/istio, pilot/pkg/model
 */
export class DestinationRules {
  private readonly local = new Map<string, Place>();
  private readonly exported = new Map<string, Place>();
  private readonly rootLocal = emptyPlace();

  public constructor(
    rules: Iterable<DestinationRule>,
    ours: Ours,
    private readonly settings: MeshConfig,
  ) {
    const sorted = byAge(rules, ours);
    for (const rule of [...sorted.filter((r) => r.selector), ...sorted.filter((r) => !r.selector)]) this.add(rule);
  }

  /** How proxies of a namespace, with these labels, connect; a rule for other pods than theirs does not count. */
  public connection(call: HopOptions, labels: Record<string, string> = {}): Connection {
    const rule = pick(this.lookup(call.namespace, call.host, call.service), call.namespace, labels);
    const subset = call.subset === undefined ? undefined : rule?.subsets.get(call.subset);
    if (call.subset !== undefined && !subset) return { found: false, from: rule?.from ?? [] };
    const tls = setting(rule?.policy, subset, call.port, 'tls');
    const pool = setting(rule?.policy, subset, call.port, 'connectionPool');
    return {
      found: true,
      tls: tls?.exists ? tls.canonical : undefined,
      mode: tls?.exists ? (tls.at('mode').text ?? 'DISABLE').toUpperCase() : undefined,
      sni: tls?.at('sni').text || undefined,
      http: pool?.exists ? httpVersion(pool.at('http')) : undefined,
      from: rule?.from ?? [],
    };
  }

  /** The selectors of the rules that a namespace has for some of its pods only. */
  public selectors(namespace: string, host: string): Record<string, string>[] {
    return this.lookup(namespace, host).flatMap(({ selector }) => (selector ? [selector] : []));
  }

  private lookup(namespace: string, host: string, service?: string): MergedRule[] {
    const { rootNamespace } = this.settings;
    const own = namespace === rootNamespace ? this.rootLocal : this.local.get(namespace);
    return (
      match(own, host) ??
      (service === undefined ? undefined : this.exportedFrom(service, host, namespace)) ??
      this.exportedFrom(rootNamespace, host, namespace) ??
      []
    );
  }

  private exportedFrom(owner: string, host: string, client: string): MergedRule[] | undefined {
    const visible = match(this.exported.get(owner), host)?.filter(
      ({ exportTo }) => exportTo.size === 0 || exportTo.has('*') || exportTo.has(client),
    );
    return visible?.length ? visible : undefined;
  }

  private add(rule: DestinationRule): void {
    const { namespace } = rule;
    const exportTo = new Set(rule.selector ? ['.'] : rule.exportTo);
    const { defaultDestinationRuleExportTo: fallback = ['*'] } = this.settings;
    const own = exportTo.has('.') || exportTo.has(namespace);
    if (exportTo.size === 0 || exportTo.has('*') || own) merge(place(this.local, namespace), rule, exportTo);
    const isPrivate = exportTo.size === 0 ? fallback.includes('.') : exportTo.size === 1 && own;
    if (!isPrivate) merge(place(this.exported, namespace), rule, exportTo);
    else if (namespace === this.settings.rootNamespace) merge(this.rootLocal, rule, exportTo);
  }
}

/** @see shouldH2Upgrade in istio/istio, pilot/pkg/networking/core */
function httpVersion(settings: Value): HttpVersion | undefined {
  if (settings.at('useClientProtocol').raw === true) return "the caller's version of HTTP";
  const upgrade = settings.at('h2UpgradePolicy').text;
  return upgrade === 'UPGRADE' ? 'HTTP/2' : upgrade === 'DO_NOT_UPGRADE' ? 'HTTP/1.1' : undefined;
}

function emptyPlace(): Place {
  return { exact: new Map(), patterns: new Map() };
}

function place(places: Map<string, Place>, namespace: string): Place {
  const found = places.get(namespace) ?? emptyPlace();
  places.set(namespace, found);
  return found;
}

function merge({ exact, patterns }: Place, rule: DestinationRule, exportTo: ReadonlySet<string>): void {
  const into = isWildcard(rule.host) ? patterns : exact;
  const known = into.get(rule.host) ?? [];
  let separate = true;
  for (const merged of known) {
    separate = !equal(exportTo, merged.exportTo);
    const wider = merged.exportTo.size > 0 && [...merged.exportTo].every((entry) => exportTo.has(entry));
    if (separate && !wider) continue;
    if (rule.selector && merged.selector && !sameLabels(rule.selector, merged.selector)) {
      separate = true;
      continue;
    }
    if (!rule.selector === !merged.selector) separate = false;
    // A rule for all pods that meets one for some is merged into that, and is lost for the others: as istiod has it.
    for (const [name, policy] of rule.subsets) if (!merged.subsets.has(name)) merged.subsets.set(name, policy);
    merged.policy ??= rule.policy;
    merged.from.push(rule);
  }
  if (separate) {
    const { namespace, selector, policy, subsets } = rule;
    known.push({ exportTo, namespace, selector, policy, subsets: new Map(subsets), from: [rule] });
  }
  into.set(rule.host, known);
}

/** The rules for the most specific host that covers the one that is asked for. */
function match(rules: Place | undefined, host: string): MergedRule[] | undefined {
  if (!rules) return undefined;
  const known = (isWildcard(host) ? rules.patterns : rules.exact).get(host);
  if (known) return known;
  const covering = [...rules.patterns.keys()].filter((pattern) => covers(pattern, host));
  const [mostSpecific] = covering.sort((a, b) => b.length - a.length);
  return mostSpecific === undefined ? undefined : rules.patterns.get(mostSpecific);
}

/** Of several rules without a selector, the last counts. */
function pick(rules: MergedRule[], namespace: string, labels: Record<string, string>): MergedRule | undefined {
  let forAll: MergedRule | undefined;
  for (const rule of rules) {
    if (!rule.selector) forAll = rule;
    else if (rule.namespace === namespace && selects(rule.selector, labels)) return rule;
  }
  return forAll;
}

/** A subset's setting goes before the host's; within each, a port's policy replaces the whole of the others. */
function setting(policy: Value | undefined, subset: Value | undefined, port: number | undefined, field: string) {
  const own = subset && atPort(subset, port);
  const above = policy && atPort(policy, port);
  if (own && (own.portLevel || own.value.at(field).exists)) return own.value.at(field);
  return above?.value.at(field);
}

function atPort(policy: Value, port: number | undefined): { value: Value; portLevel: boolean } {
  const level = policy
    .at('portLevelSettings')
    .items.find((settings) => port !== undefined && settings.at('port', 'number').number === port);
  return level ? { value: level, portLevel: true } : { value: policy, portLevel: false };
}

function equal(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((entry) => b.has(entry));
}

function sameLabels(a: Record<string, string>, b: Record<string, string>): boolean {
  return Object.keys(a).length === Object.keys(b).length && selects(a, b);
}

/** What a gateway's AuthorizationPolicies say about a call, as Istio reads them. */

/** A call as it arrives at a gateway. */
export interface Call {
  /** The port of the pods on which it arrives. */
  readonly targetPort: number;
  /** Who calls; undefined for whoever shows no certificate of the mesh. */
  readonly caller?: { readonly namespace: string; readonly account: string };
  /** The server name of the hop's TLS, which the caller chooses. */
  readonly serverName: string;
  /** What HTTP says; undefined where nobody reads the bytes. */
  readonly http?: Http;
}

export interface Http {
  readonly authority: string;
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
}

interface Policy {
  readonly spec: { readonly action?: string; readonly rules?: any[] };
}

/** Whether the policies let a call through: no DENY matches and, if there is any ALLOW, one of them does. */
export function letsThrough(policies: Policy[], call: Call): boolean {
  const of = (action: string) => policies.filter(({ spec }) => (spec.action ?? 'ALLOW') === action);
  const matches = ({ spec }: Policy) =>
    (spec.rules ?? []).some((rule) => ruleMatches(rule, call, spec.action === 'DENY'));
  if (of('DENY').some(matches)) return false;
  const allow = of('ALLOW');
  return allow.length === 0 || allow.some(matches);
}

/**
 * On connections whose bytes nobody reads, what a rule says about HTTP never matches; in a DENY it is left out instead, so
 * that the rest decides alone.
 */
function ruleMatches(rule: any, call: Call, isDeny: boolean): boolean {
  return (
    (!rule.from || rule.from.some(({ source }: any) => sourceMatches(source, call.caller))) &&
    (!rule.to || rule.to.some(({ operation }: any) => operationMatches(operation, call, isDeny))) &&
    (rule.when ?? []).every((condition: any) => conditionMatches(condition, call, isDeny))
  );
}

function sourceMatches(source: any, caller: Call['caller']): boolean {
  const account = caller && `${caller.namespace}/${caller.account}`;
  const fields = Object.keys(source).join();
  if (/serviceAccounts/i.test(fields) && /principals|namespaces/i.test(fields)) {
    throw new Error(`the CRD refuses ${fields} in one source`);
  }
  return Object.entries<string[]>(source).every(([field, values]) => {
    switch (field) {
      case 'serviceAccounts':
        return account !== undefined && values.includes(account);
      case 'notServiceAccounts':
        return account === undefined || !values.includes(account);
      case 'namespaces':
        return caller !== undefined && values.includes(caller.namespace);
      case 'notNamespaces':
        return caller === undefined || !values.includes(caller.namespace);
      case 'principals':
        return caller !== undefined && values.includes('*');
      case 'notPrincipals':
        return (
          caller === undefined ||
          !values.some((value) => textMatches(value, `cluster.local/ns/${caller.namespace}/sa/${caller.account}`))
        );
      default:
        throw new Error(`the model knows no ${field}`);
    }
  });
}

function operationMatches(operation: any, { targetPort, http }: Call, isDeny: boolean): boolean {
  return Object.entries<string[]>(operation).every(([field, values]) => {
    if (field === 'ports') return values.includes(`${targetPort}`);
    if (!http) return isDeny;
    switch (field) {
      case 'hosts':
        return values.some((value) => textMatches(value.toLowerCase(), http.authority.toLowerCase()));
      case 'notHosts':
        return !values.some((value) => textMatches(value.toLowerCase(), http.authority.toLowerCase()));
      case 'methods':
        return values.includes(http.method);
      case 'paths':
        return values.some((value) => pathMatches(value, http.path));
      default:
        throw new Error(`the model knows no ${field}`);
    }
  });
}

function conditionMatches({ key, values, notValues = [] }: any, { serverName, http }: Call, isDeny: boolean): boolean {
  const holds = (text: string) =>
    values.some((value: string) => textMatches(value, text)) &&
    !notValues.some((value: string) => textMatches(value, text));
  if (key === 'connection.sni') return holds(serverName);
  if (!http) return isDeny;
  const value = http.headers[/^request\.headers\[(.*)\]$/.exec(key)![1]];
  return value !== undefined && holds(value);
}

/** "text", "begin*", "*end" or "*". */
export function textMatches(pattern: string, text: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** A path, the beginning of one, or a template. */
export function pathMatches(pattern: string, path: string): boolean {
  if (!pattern.includes('{')) return textMatches(pattern, path);
  const literal = pattern.replace(/[.+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace('{**}', '.*').replaceAll('{*}', '[^/]+')}$`).test(path);
}

/**
 * Whether a Gateway takes a connection that asks for a server name: with the server of that name, or the narrowest above it.
 * Undefined if it has none.
 */
export function serverTakes(
  gateway: any,
  { caller, serverName, targetPort }: Call,
  ports: Map<number, number>,
): boolean | undefined {
  const named = gateway.spec.servers
    .filter(
      ({ port, tls }: any) =>
        ports.get(port.number) === targetPort && (tls.mode === 'PASSTHROUGH' || port.protocol === 'TLS'),
    )
    .map((server: any) => ({ server, host: server.hosts[0].replace(/^\.\//, '') as string }))
    .filter(({ host }: any) => textMatches(host, serverName))
    .sort((a: any, b: any) => b.host.length - a.host.length);
  if (named.length === 0) return undefined;
  const { mode, subjectAltNames } = named[0].server.tls;
  if (mode === 'PASSTHROUGH') return true;
  return (
    caller !== undefined &&
    (subjectAltNames?.includes(`spiffe://cluster.local/ns/${caller.namespace}/sa/${caller.account}`) ?? true)
  );
}

import { App, Chart } from 'cdk8s';
import { Given, GivenRule } from './arbitraries';
import { Http, pathMatches, textMatches } from './policies';
import { checkHosts } from '../../src/destination/host';

/** What declarations mean, told without looking at what the library makes of them. */

const SCOPE = new Chart(new App(), 'scope');

/** A caller inside the mesh. */
export interface Caller {
  readonly namespace: string;
  readonly account: string;
}

/** A declaration with its hosts as manifests write them. */
export type Meant = Given & { readonly named: string[] };

export const meant = (given: Given): Meant => ({ ...given, named: checkHosts(SCOPE, given.hosts) });

const isWildcard = (host: string) => host.startsWith('*.');
const below = (host: string, wildcard: string) => isWildcard(wildcard) && host.endsWith(wildcard.slice(1));

/** Whether a client of a declaration is the caller. */
const is = (client: string, { namespace, account }: Caller) =>
  client === '*' || client === `${namespace}/*` || client === `${namespace}/${account}`;

/** Of all hosts of an exit, the one that decides about a name: itself, or the narrowest wildcard above it. */
function decisive(declarations: Meant[], host: string): string | undefined {
  const known = declarations.flatMap(({ named }) => named);
  if (known.includes(host)) return host;
  const above = known.filter((candidate) => below(host, candidate));
  return above.sort((a, b) => b.length - a.length)[0];
}

/** Where an exit sends HTTP calls for a name and port. */
export function leadsTo(declarations: Meant[], host: string, port: number): { host: string; port: number } | undefined {
  const decides = decisive(declarations, host);
  return declarations
    .filter(({ named }) => decides !== undefined && named.includes(decides))
    .flatMap(({ ports }) => ports)
    .filter((one) => one.kind === 'http' && one.port === port)
    .map(({ upstreamPort }) => ({ host: decides!, port: upstreamPort }))[0];
}

/** Whether an exit of one's own lets an HTTP call to a host and port through. */
export function mayCall(declarations: Meant[], caller: Caller, host: string, port: number, http: Http): boolean {
  const decides = decisive(declarations, host);
  const grants = declarations.filter(
    ({ named, ports }) =>
      decides !== undefined && named.includes(decides) && ports.some((one) => one.kind === 'http' && one.port === port),
  );
  const denied = grants.some(({ clients, rules }) =>
    clients.some((client) => is(client, caller) && matching(rules, 'deny', client, http)),
  );
  const allowed = grants.some(({ clients, rules }) =>
    clients.some(
      (client) =>
        is(client, caller) &&
        (rules.every(({ action }) => action === 'deny') || matching(rules, 'allow', client, http)),
    ),
  );
  return allowed && !denied;
}

function matching(rules: GivenRule[], action: GivenRule['action'], client: string, http: Http): boolean {
  return rules.some(
    ({ action: does, clients, methods, paths, headers = {} }) =>
      does === action &&
      (clients?.includes(client) ?? true) &&
      (methods?.includes(http.method) ?? true) &&
      (paths?.some((path) => pathMatches(path, http.path)) ?? true) &&
      Object.entries(headers).every(([name, values]) => {
        const sent = http.headers[name.toLowerCase()];
        return sent !== undefined && values.some((value) => textMatches(value, sent));
      }),
  );
}

/** The name under which a client's hop asks for a port whose bytes nobody reads. */
const asked = (host: string, port: number, client: string) => {
  const [namespace, account] = client.split('/');
  const who = account === '*' ? `ns.${namespace}` : 'sa';
  return `${who}.${isWildcard(host) ? `${port}-any${host.slice(1)}` : `${port}.${host}`}`;
};

/** The server names of an exit, with those who may ask for them: everybody where nobody is checked. */
function serverNames(declarations: Meant[]) {
  return declarations.flatMap(({ named, ports, clients }) =>
    ports.flatMap(({ kind, port }) => {
      if (kind === 'http') return [];
      if (kind === 'open') return named.map((host) => ({ name: host, open: true, clients }));
      return named.flatMap((host) =>
        clients.map((client) => ({ name: asked(host, port, client), open: false, clients: [client] })),
      );
    }),
  );
}

/** Whether an exit of one's own lets a connection through that asks for a server name. */
export function mayConnect(declarations: Meant[], caller: Caller | undefined, name: string): boolean {
  const names = serverNames(declarations);
  const closed = names.filter((one) => !one.open && one.name === name);
  if (closed.length > 0) return closed.some(({ clients }) => clients.some((client) => caller && is(client, caller)));
  return names.some((one) => one.open && (one.name === name || below(name, one.name)));
}

/** Callers, hosts, ports and server names around what is declared: what may pass, and what comes near it. */
export function around(declarations: Meant[]) {
  const callers = declarations.flatMap(({ clients }) =>
    clients.flatMap((client): Caller[] => {
      const [namespace, account] = client.split('/');
      if (account === undefined || account === '*') return [{ namespace, account: 'some' }];
      return [
        { namespace, account },
        { namespace, account: 'other' },
      ];
    }),
  );
  const stranger = { namespace: 'stranger', account: 'default' };
  const named = declarations.flatMap((one) => one.named);
  const hosts = [...named.flatMap(namesOf), 'undeclared.example', 'example.com'];
  const ports = [...declarations.flatMap((one) => one.ports.map(({ port }) => port)), 80, 9999];
  const names = [
    ...declarations.flatMap(({ named: some, clients }) =>
      some.flatMap((host) => clients.flatMap((client) => [...new Set(ports)].map((port) => asked(host, port, client)))),
    ),
    ...hosts,
    'sa.443.undeclared.example',
    'ns.stranger.443.a.example.com',
  ];
  return {
    callers: unique([...callers, stranger], ({ namespace, account }) => `${namespace}/${account}`),
    hosts: [...new Set(hosts)],
    ports: [...new Set(ports)],
    names: [...new Set(names)],
  };
}

/** Names that a host stands for, and some that it does not. */
function namesOf(host: string): string[] {
  const domain = host.replace('*.', '');
  return isWildcard(host) ? [`x.${domain}`, `x.y.${domain}`, `x${domain}`, domain] : [host, `sub.${host}`];
}

function unique<T>(items: T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

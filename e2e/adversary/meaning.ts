import { furthestReading } from './grammar/paths';
import { Declared, HOSTS, isClient, PORTS, Story } from './story';

/** What a story's declarations mean, told without looking at what the library makes of them. */

/** Something that arrived outside from an exit. */
export interface Arrival {
  /** The host that its server stands for. */
  readonly server: string;
  readonly port: number;
  readonly tls: boolean;
  /** Of HTTP. */
  readonly method?: string;
  readonly path?: string;
}

const isWildcard = (host: string) => host.startsWith('*.');
const below = (name: string, host: string) => isWildcard(host) && name.endsWith(host.slice(1));

/** The declarations of an exit that decide about a name: its own, or those of the narrowest wildcard above it. */
function deciding(story: Story, exit: Declared['exit'], name: string): Declared[] {
  const here = story.declarations.filter((one) => one.exit === exit);
  const own = here.filter(({ host }) => host === name);
  return own.length > 0 ? own : here.filter(({ host }) => below(name, host));
}

/** Whether rules let a call pass, in the reading that goes furthest. */
export function rulesAllow(rules: string, method: string, path: string): boolean {
  const read = furthestReading(path);
  if (rules === 'read') return method === 'GET' && (read === '/v1' || read.startsWith('/v1/'));
  if (rules === 'not-admin') return read !== '/admin' && !read.startsWith('/admin/');
  return true;
}

/** The exits at which a namespace's calls to a name leave: gateways for sidecars, waypoints for ambient workloads. */
function exitsOf(who: string): Declared['exit'][] {
  return who.startsWith('agents/') ? ['waypoint'] : ['first', 'second'];
}

const portsOf = (one: Declared, port: number, isHttp: boolean) =>
  one.ports.map((key) => PORTS[key]).filter((to) => to.port === port && (to.speaks === 'http') === isHttp);

/**
 * The exit to which a namespace is led for a name and port. Sidecars go by the narrowest host that the namespace declares on the port,
 * ztunnel by the narrowest that the waypoint knows.
 */
function leadingTo(
  story: Story,
  who: string,
  name: string,
  port: number,
  isHttp: boolean,
): Declared['exit'] | undefined {
  if (who.startsWith('agents/')) return 'waypoint';
  const led = story.declarations.filter(
    (one) =>
      one.exit !== 'waypoint' &&
      one.clients.some((client) => client.split('/')[0] === who.split('/')[0]) &&
      portsOf(one, port, isHttp).length > 0,
  );
  return (led.find(({ host }) => host === name) ?? led.find(({ host }) => below(name, host)))?.exit;
}

/**
 * The declarations by which a namespace asks a gateway for a name that only TLS or an address tells: the gateway hears the server
 * name of the hop, which is that of the narrowest host that the namespace declares on the port.
 */
function asking(story: Story, exit: Declared['exit'], who: string, name: string, port: number): Declared[] {
  const known = story.declarations.filter(
    (one) =>
      one.exit === exit &&
      one.clients.some((client) => client.split('/')[0] === who.split('/')[0]) &&
      portsOf(one, port, false).length > 0,
  );
  const own = known.filter(({ host }) => host === name);
  return own.length > 0 ? own : known.filter(({ host }) => below(name, host));
}

/** Where a call of a caller that means no harm must arrive; undefined if it must be refused. */
export function mayCall(
  story: Story,
  who: string,
  name: string,
  port: number,
  http?: { method: string; path: string },
): Arrival | undefined {
  const isHttp = http !== undefined;
  const exit = leadingTo(story, who, name, port, isHttp);
  const decide = exit
    ? isHttp || exit === 'waypoint'
      ? deciding(story, exit, name)
      : asking(story, exit, who, name, port)
    : [];
  const grants = decide.flatMap((one) => portsOf(one, port, isHttp).map((to) => ({ one, to })));
  const mine = grants.filter(({ one }) => one.clients.some((client) => isClient(client, who)));
  const passing = http ? mine.filter(({ one }) => rulesAllow(one.rules, http.method, http.path)) : mine;
  const denied =
    http && mine.some(({ one }) => one.rules === 'not-admin' && !rulesAllow(one.rules, http.method, http.path));
  const [first] = passing;
  if (!first || denied) return undefined;
  return { server: serverOf(first.one, name), port: first.to.upstream, tls: first.to.tls };
}

/** Gateways send all names below a wildcard to one server; waypoints look each of them up. */
function serverOf({ exit, host }: Declared, name: string): string {
  return exit === 'waypoint' && HOSTS.includes(name) ? name : host;
}

/** Whether a waypoint serves a name, so that ambient callers must not get past it. */
export function servedAtWaypoint(story: Story, name: string): boolean {
  return deciding(story, 'waypoint', name).length > 0;
}

/** Whether a namespace knows a name by a wildcard alone, or not at all. */
export function isNamed(story: Story, who: string, name: string): boolean {
  const [team] = who.split('/');
  return story.declarations.some(
    ({ host, clients }) => host === name && clients.some((client) => client.startsWith(`${team}/`)),
  );
}

/** Whether anything of what is declared lets a caller cause such an arrival, whatever it wrote. */
export function mayCause(story: Story, who: string, arrival: Arrival, speaks: 'http' | 'other'): boolean {
  return story.declarations.some(
    (one) =>
      exitsOf(who).includes(one.exit) &&
      (one.host === arrival.server ||
        (one.exit === 'waypoint' && deciding(story, one.exit, arrival.server).includes(one))) &&
      one.clients.some((client) => isClient(client, who)) &&
      one.ports.some((key) => {
        const to = PORTS[key];
        return to.upstream === arrival.port && to.tls === arrival.tls && (to.speaks === 'http') === (speaks === 'http');
      }) &&
      (arrival.method === undefined || rulesAllow(one.rules, arrival.method, arrival.path ?? '/')),
  );
}

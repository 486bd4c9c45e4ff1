import { furthestReading } from './grammar/paths';
import { Declared, INGRESS, isClient, PORTS, SERVERS, Story, teamOf } from './story';

/** What a story's declarations and guards mean, told without looking at what the library makes of them. */

/** What rules read of a call. */
export interface HttpCall {
  readonly method: string;
  readonly path: string;
  /** Its X-Role. */
  readonly role?: string;
}

/** Something that arrived outside. */
export interface Arrival {
  /** The host that its server stands for. */
  readonly server: string;
  readonly port: number;
  readonly tls: boolean;
  /** Undefined for what TLS or TCP carry past everybody. */
  readonly http?: HttpCall;
}

/** Where a call must arrive, and whose pod must have sent it there. */
export interface Expected extends Omit<Arrival, 'http'> {
  readonly from: 'exit' | 'ingress' | 'caller';
}

const isWildcard = (host: string) => host.startsWith('*.');
const below = (name: string, host: string) => isWildcard(host) && name.endsWith(host.slice(1));
const isAmbient = (who: string) => teamOf(who) === 'agents';

/** Those of some declarations that are about a name: its own, or those of the wildcard above it. */
function narrowest<T extends { readonly host: string }>(all: T[], name: string): T[] {
  const own = all.filter(({ host }) => host === name);
  return own.length > 0 ? own : all.filter(({ host }) => below(name, host));
}

/** The declarations of an exit that decide about a name. */
const deciding = ({ declarations }: Story, exit: Declared['exit'], name: string): Declared[] =>
  narrowest(
    declarations.filter((one) => one.exit === exit),
    name,
  );

/** Whether rules let a call pass, in the reading that goes furthest. */
function rulesAllow(rules: string, { method, path, role }: HttpCall): boolean {
  const read = furthestReading(path);
  if (rules === 'read') return method === 'GET' && (read === '/v1' || read.startsWith('/v1/'));
  if (rules === 'not-admin') return read !== '/admin' && !read.startsWith('/admin/');
  if (rules === 'auditor') return role === 'auditor';
  return true;
}

/** An alias that is served outside has the ingress gateway as one more client. */
const clientsOf = ({ clients, outside }: Declared) => (outside ? [...clients, INGRESS] : clients);
const isGranted = (one: Declared, who: string) => clientsOf(one).some((client) => isClient(client, who));

/** The exits at which a caller's calls leave: gateways for sidecars and the ingress gateway, waypoints for ambient workloads. */
const exitsOf = (who: string): Declared['exit'][] => (isAmbient(who) ? ['waypoint'] : ['first', 'second']);

const portsOf = (one: Declared, port: number, isHttp: boolean) =>
  one.ports.map((key) => PORTS[key]).filter((to) => to.port === port && (to.speaks === 'http') === isHttp);

/** What a namespace declares of gateways on a port. */
const declaredBy = ({ declarations }: Story, who: string, port: number, isHttp: boolean): Declared[] =>
  declarations.filter(
    (one) =>
      one.exit !== 'waypoint' &&
      clientsOf(one).some((client) => teamOf(client) === teamOf(who)) &&
      portsOf(one, port, isHttp).length > 0,
  );

/** Whether exits refuse a caller nothing yet of what they decide by policies: HTTP at gateways, everything at waypoints. */
const isObservedAt = (story: Story, who: string, exit: Declared['exit'], isHttp: boolean) =>
  isObserved(story, who) && (isHttp || exit === 'waypoint');

/** The mode of a caller's namespace; undefined without a guard. */
export const modeOf = ({ guards }: Story, who: string) => guards.namespaces[teamOf(who)];
export const isObserved = (story: Story, who: string): boolean => modeOf(story, who) === 'OBSERVE';
export const isClosed = (story: Story, who: string): boolean => modeOf(story, who) === 'ENFORCE';

/** Whether admission refuses what a team writes. */
export function isAdmissionClosed({ guards }: Story, team: string): boolean {
  return guards.admission !== undefined && (guards.namespaces[team] ?? guards.admission) === 'ENFORCE';
}

/**
 * The declarations that decide about a call, at the exit to which the caller's namespace is led. Sidecars go by the narrowest host that
 * the namespace declares on the port, ztunnel by the narrowest that the waypoint knows. What only TLS or an address tells, a gateway
 * hears as the server name of the hop, which is that of the host that the sidecar went by.
 */
function decidingFor(story: Story, who: string, name: string, port: number, isHttp: boolean): Declared[] {
  if (isAmbient(who)) return deciding(story, 'waypoint', name);
  const led = narrowest(declaredBy(story, who, port, isHttp), name);
  if (led.length === 0) return [];
  const [{ exit, host }] = led;
  return isHttp
    ? deciding(story, exit, name)
    : story.declarations.filter((one) => one.exit === exit && one.host === host);
}

/** Where a call of a caller that means no harm must arrive; undefined if it must be refused. */
export function mayCall(story: Story, who: string, name: string, port: number, http?: HttpCall): Expected | undefined {
  const isHttp = http !== undefined;
  const decide = decidingFor(story, who, name, port, isHttp);
  const grants = decide.flatMap((one) => portsOf(one, port, isHttp).map((to) => ({ one, to })));
  const isOpen = decide.length > 0 && isObservedAt(story, who, decide[0].exit, isHttp);
  const mine = isOpen ? grants : grants.filter(({ one }) => isGranted(one, who));
  const passing = http && !isOpen ? mine.filter(({ one }) => rulesAllow(one.rules, http)) : mine;
  // A deny rule takes away what others grant.
  const isDenied = http && !isOpen && mine.some(({ one }) => one.rules === 'not-admin' && !rulesAllow(one.rules, http));
  const [first] = passing;
  if (!first || isDenied) return undefined;
  return { server: serverOf(first.one, name), port: first.to.upstream, tls: first.to.tls, from: 'exit' };
}

/** Gateways send all names below a wildcard to one server; waypoints look each of them up. */
function serverOf({ exit, host, upstream }: Declared, name: string): string {
  if (upstream) return upstream;
  return exit === 'waypoint' && SERVERS.includes(name) ? name : host;
}

/** Whether a namespace's sidecars are led somewhere for a name, on any port or on one: what DNS tells them is then no address outside. */
export function isLed(story: Story, who: string, name: string): boolean {
  return story.declarations.some(
    ({ exit, host, clients }) =>
      exit !== 'waypoint' &&
      (host === name || below(name, host)) &&
      clients.some((client) => teamOf(client) === teamOf(who)),
  );
}

/** Whether a waypoint serves a name, so that ambient callers must not get past it. */
export function servedAtWaypoint(story: Story, name: string): boolean {
  return deciding(story, 'waypoint', name).length > 0;
}

/** Whether a namespace knows a name by a wildcard alone, or not at all. */
export function isNamed({ declarations }: Story, who: string, name: string): boolean {
  return declarations.some(
    ({ host, clients }) => host === name && clients.some((client) => teamOf(client) === teamOf(who)),
  );
}

/** Where a call of somebody outside must arrive, whom the ingress gateway serves; undefined if it must be refused. */
export function mayCallFromOutside(story: Story, name: string, isTls: boolean, http: HttpCall): Expected | undefined {
  const isAlias = story.declarations.some(({ outside, host }) => outside && host === name);
  // Callers of an alias speak TLS to the ingress gateway, which reads it, and calls the exit as itself.
  if (isAlias) return isTls ? mayCall(story, INGRESS, name, 80, http) : undefined;
  const [one] = narrowest(story.published, name);
  if (!one) return undefined;
  const to = PORTS[one.port];
  if ((to.speaks === 'tls') !== isTls || (one.onlyV1 && !isBelowV1(http.path))) return undefined;
  return { server: one.host, port: to.upstream, tls: to.tls, from: 'ingress' };
}

const isBelowV1 = (path: string) => /^\/v1(\/|$)/.test(furthestReading(path));

/** Whether the ingress gateway may send something on, whoever called it. */
export function mayBePublished(story: Story, { server, port, tls, http }: Arrival): boolean {
  return story.published.some((one) => {
    const to = PORTS[one.port];
    const isSame = one.host === server && to.upstream === port && to.tls === tls;
    return isSame && (!one.onlyV1 || (http !== undefined && isBelowV1(http.path)));
  });
}

/** Whether anything of what is declared lets a caller cause such an arrival from an exit, whatever it wrote. */
export function mayCause(story: Story, who: string, arrival: Arrival): boolean {
  const { http } = arrival;
  const isHttp = http !== undefined;
  return story.declarations.some((one) => {
    if (!exitsOf(who).includes(one.exit)) return false;
    const isThere =
      (one.upstream ?? one.host) === arrival.server ||
      (one.exit === 'waypoint' && deciding(story, one.exit, arrival.server).includes(one));
    const isSame = one.ports.some((key) => {
      const { upstream, tls, speaks } = PORTS[key];
      return upstream === arrival.port && tls === arrival.tls && (speaks === 'http') === isHttp;
    });
    if (!isThere || !isSame) return false;
    if (isObservedAt(story, who, one.exit, isHttp)) return true;
    return isGranted(one, who) && (!http || rulesAllow(one.rules, http));
  });
}

/** Where Envoy sends an HTTP call that arrives at a gateway, by the VirtualServices that are bound to it. */

/** What decides about the way of a call. */
interface Asked {
  readonly authority: string;
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
}

/** Where a call goes. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly subset?: string;
}

interface Route {
  readonly matches: (asked: Asked) => boolean;
  readonly destination: Destination;
}

/**
 * Finds the destination of the first route that matches in the virtual host of the name; undefined if there is none (404).
 *
 * Envoy looks for the virtual host with what stands before the last colon, outside of brackets.
 *
 * @see getPortStart in envoyproxy/envoy, source/common/http/header_utility.cc
 */
export function routerOf(virtualServices: any[]): (asked: Asked) => Destination | undefined {
  const byHost = new Map<string, Route[]>();
  for (const { spec } of virtualServices) {
    for (const host of spec.http ? spec.hosts : []) byHost.set(host, spec.http.map(routeOf));
  }
  const wildcards = [...byHost.keys()].filter((host) => host.startsWith('*')).sort((a, b) => b.length - a.length);
  return (asked) => {
    const { authority } = asked;
    const colon = authority.lastIndexOf(':');
    const name = (colon > authority.lastIndexOf(']') ? authority.slice(0, colon) : authority).toLowerCase();
    const above = () => wildcards.find((host) => name.length >= host.length && name.endsWith(host.slice(1))) ?? '';
    const routes = byHost.get(name) ?? byHost.get(above());
    return routes?.find(({ matches }) => matches(asked))?.destination;
  };
}

/** Whether a VirtualService's route takes a call, and where to. */
export function routeOf({ match, route }: any): Route {
  const conditions: ((asked: Asked) => boolean)[][] = (match ?? [{}]).map((one: any) =>
    Object.entries<any>(one).flatMap(([field, condition]) => conditionsOf(field, condition)),
  );
  const { host, port, subset } = route[0].destination;
  return {
    matches: (asked) => conditions.some((all) => all.every((holds) => holds(asked))),
    destination: { host, port: port.number, subset },
  };
}

function conditionsOf(field: string, condition: any): ((asked: Asked) => boolean)[] {
  if (field === 'headers') {
    return Object.entries<any>(condition).map(
      ([name, { exact }]) =>
        ({ headers }) =>
          headers[name] === exact,
    );
  }
  if (field === 'withoutHeaders') {
    return Object.entries<any>(condition).map(([name, { regex }]) => {
      const unwanted = wholeText(regex);
      return ({ headers, authority }) => !unwanted.test((name === ':authority' ? authority : headers[name]) ?? '');
    });
  }
  if (field === 'port') return [];
  const read: Record<string, 'authority' | 'method' | 'path'> = {
    authority: 'authority',
    method: 'method',
    uri: 'path',
  };
  if (!read[field]) throw new Error(`the model knows no ${field}`);
  const wanted = wholeText(condition.regex);
  return [(asked) => wanted.test(asked[read[field]])];
}

/** Envoy's regular expressions match the whole text. */
function wholeText(regex: string): RegExp {
  const [, flags, source] = /^(?:\(\?(i)\))?(.*)$/.exec(regex)!;
  return new RegExp(`^(?:${source})$`, flags);
}

import { Caller, mayConnect, Meant } from './meaning';
import { serverTakes } from './policies';
import { must } from './references';

/** What the objects of a namespace lead a call to. */

const OPAQUE = 8443;
const is = (kind: string, namespace: string) => (object: any) =>
  object.kind === kind && object.metadata.namespace === namespace;

/** Each namespace knows a host by one VirtualService and one ServiceEntry at most, and no port of its connections twice. */
export function checkOnce(objects: any[], namespaces: Set<string>): void {
  for (const namespace of namespaces) {
    for (const kind of ['VirtualService', 'ServiceEntry']) {
      const hosts: string[] = objects.filter(is(kind, namespace)).flatMap(({ spec }) => spec.hosts);
      must(new Set(hosts).size === hosts.length, `two of ${kind} for one host`, { namespace, hosts });
    }
    const taken: string[] = objects
      .filter(is('ServiceEntry', namespace))
      .flatMap(({ spec }) =>
        spec.ports
          .filter(({ protocol }: any) => protocol === 'TCP')
          .flatMap(({ number }: any) => (spec.addresses ?? ['any']).map((address: string) => `${address} ${number}`)),
      );
    must(new Set(taken).size === taken.length, 'two equal listeners', { namespace, taken });
  }
}

/** Each client is led, on each port, to what takes it; returns how many ways were looked at. */
export function checkLed(objects: any[], exit: string, declarations: Meant[]): number {
  let ways = 0;
  const gateway = objects.find(is('Gateway', exit));
  for (const { named, ports, clients } of declarations) {
    for (const client of clients) {
      const everywhere = client === '*';
      const [namespace, account] = everywhere ? [exit, ''] : client.split('/');
      for (const host of named) {
        const found = objects
          .filter(is('VirtualService', namespace))
          .filter(
            ({ spec }) => spec.hosts.includes(host) && !spec.gateways && (spec.exportTo[0] === '*') === everywhere,
          );
        must(found.length === 1, `${found.length} routes to ${host}`, { client, found });
        const [{ spec }] = found;
        for (const { kind, port } of ports) {
          ways++;
          if (kind === 'http') checkPort(spec, host, port);
          else checkServer(objects, gateway, spec, { namespace, account: account === '*' ? 'some' : account }, port);
        }
      }
    }
  }
  return ways;

  function checkServer(all: any[], of: any, spec: any, caller: Caller, port: number): void {
    const routes = [...(spec.tls ?? []), ...(spec.tcp ?? [])].filter(({ match }) => match[0].port === port);
    must(routes.length === 1, `${routes.length} ways on port ${port}`, spec);
    const { host, subset } = routes[0].route[0].destination;
    const rule = all
      .filter(is('DestinationRule', exit))
      .find((one) => one.spec.host === host && one.spec.exportTo[0] === caller.namespace);
    const { tls } = rule.spec.subsets.find(({ name }: any) => name === subset).trafficPolicy;
    if (tls.mode === 'DISABLE') return;
    const call = { caller, serverName: tls.sni, targetPort: OPAQUE };
    must(serverTakes(of, call, new Map([[443, OPAQUE]])) === true, 'led to a server that refuses it', { call, of });
    must(mayConnect(declarations, caller, tls.sni), 'led to what it is not granted', call);
  }
}

/** What arrives at the exit names the port that is called. */
function checkPort(spec: any, host: string, port: number): void {
  const name = host.replace('*', 'x');
  const own = port === 80 ? name : `${name}:${port}`;
  const others = spec.http.some(({ match }: any) => match[0].port !== port);
  const arrives = (authority: string): string | undefined => {
    const route = spec.http.find(({ match: [{ port: on, authority: asked }] }: any) => {
      return on === port && (!asked || new RegExp(`^(?:${asked.regex})$`).test(authority));
    });
    return route && (route.rewrite?.authority ?? authority);
  };
  must(arrives(own) === own, 'a call that names its port goes elsewhere', { own, spec });
  if (port === 80 && !others) return;
  for (const authority of [name, `${name}:80`, `${name}:9999`]) {
    const arrived = arrives(authority);
    const fine = [undefined, own, ...(port === 80 ? [`${name}:80`] : [])];
    must(fine.includes(arrived), 'a call arrives as one to another port', { authority, arrived, spec });
  }
}

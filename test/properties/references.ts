/** What must hold of every manifest, whatever was declared. Plain checks: `expect` is too slow for so many. */

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/;
const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const RESOLUTIONS = ['DNS', 'DNS_ROUND_ROBIN', 'STATIC', 'DYNAMIC_DNS'];

export function must(condition: boolean, what: string, where: unknown): void {
  if (!condition) throw new Error(`${what}: ${JSON.stringify(where)}`);
}

/** Names that Kubernetes takes, each once, hosts and ports that Istio takes. */
export function checkNames(objects: any[]): void {
  const seen = new Set<string>();
  for (const object of objects) {
    const { kind, metadata, spec } = object;
    must(NAME.test(metadata.name) && !metadata.name.includes('..'), 'a bad name', object);
    must(DNS_LABEL.test(metadata.namespace), 'a bad namespace', object);
    const key = `${kind}/${metadata.namespace}/${metadata.name}`;
    must(!seen.has(key), 'a duplicate', object);
    seen.add(key);
    if (kind === 'ServiceEntry' || kind === 'VirtualService') {
      must(spec.hosts.length > 0 && spec.hosts.every((one: string) => HOST.test(one)), 'a bad host', object);
    }
    if (kind === 'ServiceEntry') {
      must(RESOLUTIONS.includes(spec.resolution), 'a bad resolution', object);
      const numbers: number[] = spec.ports.map((one: any) => one.number);
      const fine = numbers.every((n) => Number.isInteger(n) && n >= 1 && n <= 65535);
      must(fine && new Set(numbers).size === numbers.length, 'a bad port', object);
    }
    if (kind === 'DestinationRule') checkSubsets(object);
    if (kind === 'Gateway') checkServers(object);
  }
}

function checkSubsets(object: any): void {
  const names: string[] = (object.spec.subsets ?? []).map(({ name }: any) => name);
  must(new Set(names).size === names.length && names.every((one) => DNS_LABEL.test(one)), 'a bad subset', object);
}

/** Of two servers for one name on one port, Istio would skip the later. */
function checkServers(object: any): void {
  const { servers } = object.spec;
  const asked: string[] = servers.flatMap(({ port, hosts }: any) =>
    hosts.map((host: string) => `${port.number} ${host}`),
  );
  const names: string[] = servers.map(({ port }: any) => port.name);
  must(new Set(asked).size === asked.length, 'two servers for one name', object);
  must(new Set(names).size === names.length && names.every((one) => DNS_LABEL.test(one)), 'a bad port name', object);
}

/** Every route leads somewhere that the namespace knows, and nothing is visible where it need not be. */
export function checkRoutes(objects: any[], clientNamespaces: Set<string>): void {
  const of = (kind: string, namespace: string) =>
    objects.filter((object) => object.kind === kind && object.metadata.namespace === namespace);
  for (const object of objects) {
    const { kind, metadata, spec } = object;
    const atExit = metadata.namespace === 'istio-egress';
    must(atExit || clientNamespaces.has(metadata.namespace), 'an object in a namespace of nobody', object);
    const forAll = clientNamespaces.has('*') && atExit && !spec?.gateways;
    const isHop = kind === 'DestinationRule' && atExit && spec.host.endsWith('.svc.cluster.local');
    if (spec?.exportTo) must(forAll || isHop || String(spec.exportTo) === '.', 'an object that others see', object);
    if (kind !== 'VirtualService') continue;
    for (const route of [...(spec.http ?? []), ...(spec.tls ?? []), ...(spec.tcp ?? [])]) {
      for (const { destination } of route.route) {
        const { host, subset, port } = destination;
        const isService = host.endsWith('.svc.cluster.local');
        // How to connect to an exit is said by its owner, in its namespace.
        const rules = of('DestinationRule', isService ? host.split('.')[1] : metadata.namespace).filter(
          (rule) => rule.spec.host === host && (!isService || sees(rule, metadata.namespace, spec)),
        );
        const subsets = rules.flatMap((rule) => rule.spec.subsets ?? []);
        const isOwn = !isService || host.split('.')[1] === 'istio-egress';
        must(!isOwn || !subset || subsets.some(({ name }) => name === subset), `no subset ${subset}`, object);
        must(!isService || !isOwn || rules.length > 0, 'no rule of the exit', object);
        must(rules.length < 2 || rules.every((rule) => !rule.spec.subsets), 'two rules, of which one counts', object);
        if (isService) continue;
        const entries = of('ServiceEntry', metadata.namespace).filter((entry) => entry.spec.hosts.includes(host));
        must(
          entries.some((entry) => entry.spec.ports.some((one: any) => one.number === port.number)),
          `no ServiceEntry for ${host}:${port.number}`,
          object,
        );
        const late = entries.some((entry) => entry.spec.resolution === 'DYNAMIC_DNS');
        must(!late || !subset, 'a subset that Istio does not make', object);
      }
    }
  }
}

function sees(rule: any, namespace: string, route: any): boolean {
  const [seenBy] = rule.spec.exportTo;
  return seenBy === '*' || seenBy === namespace || String(route.exportTo) === '*';
}

/** Every server of a gateway has a route bound to it, and every route of a server name a server. */
export function checkServed(objects: any[]): void {
  for (const gateway of objects.filter(({ kind }) => kind === 'Gateway')) {
    const names: string[] = gateway.spec.servers
      .filter(({ port }: any) => port.protocol === 'TLS')
      .flatMap(({ hosts }: any) => hosts.map((host: string) => host.slice(2)));
    const routed: string[] = objects
      .filter(({ kind, metadata, spec }) => {
        const bound =
          spec?.gateways?.includes(gateway.metadata.name) && metadata.namespace === gateway.metadata.namespace;
        return kind === 'VirtualService' && bound && (spec.tcp || spec.tls);
      })
      .flatMap(({ spec }) => spec.hosts);
    must([...names].sort().join() === [...routed].sort().join(), 'servers without routes', { names, routed });
  }
}

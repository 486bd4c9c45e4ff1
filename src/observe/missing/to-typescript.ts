import { Caller } from './judge';
import { isPrivate } from './names';
import { callerName, MissingPort, MissingClient, MissingHost, Tally } from './tally';

/** What is missing, as TypeScript to be pasted, with what it rests on in comments. */
export function toTypeScript(tally: Tally): string {
  const names = new Set<string>();
  const hosts = tally.hosts.flatMap((host) => declarationsOf(host, names)).join('\n\n');
  const imports = hosts === '' ? '' : `import { ${[...names].sort().join(', ')} } from 'cdk8s-istio-egress';`;
  return [imports, hosts, missingClients(tally.clients), addresses(tally), inCluster(tally)]
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('\n');
}

/** One declaration for the ports that have the same callers: nobody is granted more than was seen. */
function declarationsOf(host: MissingHost, names: Set<string>): string[] {
  const ports = [...host.ports.values()].sort((a, b) => a.port - b.port || a.kind.localeCompare(b.kind));
  const groups = new Map<string, MissingPort[]>();
  for (const port of ports) {
    const key = [...port.callers.keys()].sort().join();
    groups.set(key, [...(groups.get(key) ?? []), port]);
  }
  return [...groups.values()].map((group) => {
    const id = idOf(host.host) + (groups.size > 1 ? group[0].port : '');
    return declarationOf(host, id, group, names);
  });
}

function declarationOf(host: MissingHost, id: string, ports: MissingPort[], names: Set<string>): string {
  const clients = clientsOf([...ports[0].callers.values()]);
  const [{ kind, port }] = ports;
  const single = ports.length === 1 ? CLASSES[kind] : undefined;
  for (const name of ['EgressClient', ...(single ? [single] : ['Egress', 'EgressPort'])]) names.add(name);
  return [
    ...comments(host, ports),
    `new ${single ?? 'Egress'}(chart, '${id}', {`,
    `  hosts: ['${host.host}'],`,
    '  exit,',
    ...(clients.length === 1
      ? [`  clients: [${clients[0]}],`]
      : ['  clients: [', ...clients.map((client) => `    ${client},`), '  ],']),
    ...(single ? (port === USUAL[kind] ? [] : [`  port: ${port},`]) : [`  ports: [${ports.map(portOf).join(', ')}],`]),
    '});',
  ].join('\n');
}

const CLASSES = { http: 'HttpEgress', tls: 'TlsPassthroughEgress', tcp: 'TcpEgress' };
const FACTORIES = { http: 'http', tls: 'tlsPassthrough' };
const USUAL: { [kind: string]: number } = { http: 80, tls: 443 };

function portOf({ kind, port }: MissingPort): string {
  if (kind === 'tcp') return `EgressPort.tcp(${port})`;
  return `EgressPort.${FACTORIES[kind]}(${port === USUAL[kind] ? '' : `{ port: ${port} }`})`;
}

function comments({ addresses: seen, direct }: MissingHost, ports: MissingPort[]): string[] {
  const calls = ports.map(({ kind, port, calls: n, refused }) => {
    const how = refused === n ? ', refused' : refused > 0 ? `, ${refused} refused` : '';
    return `${n} × ${kind.toUpperCase()} ${port}${how}`;
  });
  return [
    `// ${calls.join('; ')}`,
    ...(direct ? ['// A ServiceEntry leads there straight from the sidecars: remove it once this is in place.'] : []),
    ...(ports.some(({ kind }) => kind === 'http')
      ? ['// As called: not encrypted beyond the exit. If the host speaks TLS, use EgressPort.tlsOrigination.']
      : []),
    ...([...seen].some(isPrivate)
      ? [
          `// At ${[...seen].sort().join(', ')}: if it is a Service of the cluster, it belongs into \`inCluster\` instead.`,
        ]
      : []),
  ];
}

/** A whole namespace stands for its service accounts. */
function clientsOf(callers: Caller[]): string[] {
  const whole = new Set(callers.filter(({ serviceAccount }) => !serviceAccount).map(({ namespace }) => namespace));
  const accounts = callers.filter(({ namespace, serviceAccount }) => serviceAccount && !whole.has(namespace));
  return [...[...whole].map((namespace) => clientOf({ namespace })), ...accounts.map(clientOf)].sort();
}

function clientOf({ namespace, serviceAccount }: Caller): string {
  return serviceAccount === undefined
    ? `EgressClient.namespace('${namespace}')`
    : `EgressClient.serviceAccount('${namespace}', '${serviceAccount}')`;
}

function missingClients(missing: MissingClient[]): string {
  if (missing.length === 0) return '';
  const lines = missing.map(({ kind, host, port, caller, calls, refused }) => {
    const who = caller ? clientOf(caller) : 'a client that the log does not name (EgressAccessLog names it)';
    return `//   ${host} (${kind.toUpperCase()} ${port}): ${who}, ${calls} ×${refused > 0 ? `, ${refused} refused` : ''}`;
  });
  return [
    '// These hosts are declared, without these clients, or without rules that let their calls pass:',
    ...lines,
  ].join('\n');
}

function addresses({ addresses: missing }: Tally): string {
  if (missing.length === 0) return '';
  const lines = missing.map(({ address, port, callers, calls }) => {
    const hint = isPrivate(address) ? ', perhaps a Service of the cluster' : '';
    return `//   ${address}:${port} from ${[...callers.values()].map(callerName).sort().join(', ')}, ${calls} ×${hint}`;
  });
  return [
    '// No name was seen of these. Find out whose they are, and declare the hosts with TcpEgress; or log the names, with',
    "// the guard's `namedHttpPorts` and `namedTlsPorts`:",
    ...lines,
  ].join('\n');
}

function inCluster({ inCluster: called }: Tally): string {
  if (called.length === 0) return '';
  const lines = called.map(({ namespace, called: names, kubernetesApi }) => {
    const named = names.length > 0 ? `namespaces([${names.map((name) => `'${name}'`).join(', ')}])` : 'none()';
    return `//   ${namespace}: inCluster: InCluster.${named}${kubernetesApi ? '.andKubernetesApi([/* its addresses */])' : ''},`;
  });
  const api = called.some(({ kubernetesApi }) => kubernetesApi)
    ? ['// The addresses of the Kubernetes API: kubectl get endpointslices kubernetes -n default']
    : [];
  return ['// What was called in the cluster, for the guards:', ...lines, ...api].join('\n');
}

/** The id of a construct, from a host. */
function idOf(host: string): string {
  const id = host
    .split(/[^a-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
  return /^\d/.test(id) ? `Host${id}` : id;
}

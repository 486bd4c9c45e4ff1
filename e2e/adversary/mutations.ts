import { parse } from 'yaml';

/** One thing that somebody may get wrong in manifests that are right. */
export interface Mutation {
  readonly name: string;
  readonly kind: string;
  /** Changes an object. @returns false where the object has nothing of the kind; undefined leaves the object out */
  readonly change: (object: any) => boolean | undefined;
}

const on = (kind: string, name: string, change: Mutation['change']): Mutation => ({ kind, name, change });

/** Takes a field away. */
const without = (kind: string, path: string) =>
  on(kind, `without ${path}`, (object) => {
    const { parent, key } = at(object, path) ?? {};
    if (!parent || !(key! in parent)) return false;
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key!];
    return true;
  });

/** Gives a field another value. */
const other = (kind: string, path: string, value: unknown) =>
  on(kind, `${path} is ${JSON.stringify(value)}`, (object) => {
    const { parent, key } = at(object, path) ?? {};
    if (!parent || !(key! in parent) || JSON.stringify(parent[key!]) === JSON.stringify(value)) return false;
    parent[key!] = value;
    return true;
  });

/** Sets a field, whether it is there or not. */
const added = (kind: string, path: string, value: unknown) =>
  on(kind, `${path} is set to ${JSON.stringify(value)}`, (object) => {
    const { parent, key } = at(object, path) ?? {};
    if (!parent || JSON.stringify(parent[key!]) === JSON.stringify(value)) return false;
    parent[key!] = value;
    return true;
  });

const gone = (kind: string) => on(kind, 'is not there', () => undefined);

function at(object: any, path: string): { parent: any; key: string } | undefined {
  const keys = path.split('.');
  const key = keys.pop()!;
  const parent = keys.reduce((value, name) => value?.[name], object);
  return typeof parent === 'object' && parent !== null ? { parent, key } : undefined;
}

const VS = 'VirtualService';
const DR = 'DestinationRule';
const SE = 'ServiceEntry';
const AP = 'AuthorizationPolicy';
const HTTP = 'spec.http.0';
const TLS = 'spec.trafficPolicy.tls';
const SUBSET_TLS = 'spec.subsets.0.trafficPolicy.tls';
const PORT_TLS = 'spec.trafficPolicy.portLevelSettings.0.tls';
const SUBSET_PORT_TLS = 'spec.subsets.0.trafficPolicy.portLevelSettings.0.tls';

/** What is got wrong in practice, kind by kind. */
export const MUTATIONS: readonly Mutation[] = [
  gone(VS),
  without(VS, 'spec.exportTo'),
  other(VS, 'spec.exportTo', ['*']),
  without(VS, 'spec.gateways'),
  other(VS, 'spec.gateways', ['mesh']),
  other(VS, 'spec.hosts', ['other.example']),
  without(VS, `${HTTP}.match`),
  without(VS, `${HTTP}.match.0.authority`),
  without(VS, `${HTTP}.rewrite`),
  without(VS, `${HTTP}.route.0.destination.subset`),
  without(VS, `${HTTP}.route.0.destination.port`),
  other(VS, `${HTTP}.route.0.destination.port`, { number: 443 }),
  other(VS, `${HTTP}.route.0.destination.host`, 'undeclared.example'),
  other(VS, 'spec.tls.0.match.0.sniHosts', ['other.example']),
  without(VS, 'spec.tls.0.route.0.destination.subset'),
  without(VS, 'spec.tcp.0.match'),
  gone(DR),
  without(DR, 'spec.exportTo'),
  other(DR, 'spec.host', 'other.example'),
  without(DR, 'spec.subsets.0'),
  without(DR, 'spec.trafficPolicy'),
  ...[TLS, SUBSET_TLS, PORT_TLS, SUBSET_PORT_TLS].flatMap((tls) => [
    other(DR, `${tls}.mode`, 'DISABLE'),
    other(DR, `${tls}.mode`, 'ISTIO_MUTUAL'),
    without(DR, `${tls}.sni`),
    other(DR, `${tls}.sni`, 'other.example'),
    other(DR, `${tls}.subjectAltNames`, ['other.example']),
    other(DR, `${tls}.subjectAltNames`, ['spiffe://cluster.local/ns/other/sa/other']),
  ]),
  gone(SE),
  without(SE, 'spec.exportTo'),
  other(SE, 'spec.exportTo', ['*']),
  other(SE, 'spec.exportTo', ['.']),
  other(SE, 'spec.resolution', 'NONE'),
  other(SE, 'spec.resolution', 'STATIC'),
  without(SE, 'spec.endpoints'),
  other(SE, 'spec.ports.0.protocol', 'TCP'),
  other(SE, 'spec.ports.0.protocol', 'HTTP'),
  other(SE, 'spec.ports.0.protocol', 'TLS'),
  other(SE, 'spec.ports.0.number', 8081),
  other(SE, 'spec.ports.0.targetPort', 8081),
  without(SE, 'spec.ports.0'),
  other(SE, 'spec.hosts', ['other.example']),
  added(SE, 'spec.addresses', ['10.46.1.1']),
  without(SE, 'metadata.labels'),
  gone('Gateway'),
  without('Gateway', 'spec.servers.0'),
  other('Gateway', 'spec.servers.0.hosts', ['other.example']),
  other('Gateway', 'spec.servers.0.tls.mode', 'PASSTHROUGH'),
  without('Gateway', 'spec.servers.0.tls.subjectAltNames'),
  other('Gateway', 'spec.servers.0.tls.subjectAltNames', ['spiffe://cluster.local/ns/other/sa/other']),
  other('Gateway', 'spec.selector', { istio: 'other' }),
  other('Gateway', 'spec.servers.0.port.protocol', 'TCP'),
  gone(AP),
  other(AP, 'spec.action', 'DENY'),
  added(AP, 'spec.action', 'AUDIT'),
  without(AP, 'spec.selector'),
  without(AP, 'spec.targetRefs'),
  without(AP, 'spec.rules'),
  added(AP, 'spec.rules', [{}]),
  without(AP, 'spec.rules.0.from'),
  without(AP, 'spec.rules.0.to'),
  without(AP, 'spec.rules.0.when'),
  without(AP, 'spec.rules.0.to.0.operation.hosts'),
  without(AP, 'spec.rules.0.to.0.operation.notHosts'),
  without(AP, 'spec.rules.0.to.0.operation.ports'),
  other(AP, 'spec.rules.0.to.0.operation.hosts', ['other.example']),
  other(AP, 'spec.rules.0.from.0.source.serviceAccounts', ['other/other']),
  other(AP, 'spec.rules.0.from.0.source.namespaces', ['other']),
  gone('PeerAuthentication'),
  other('PeerAuthentication', 'spec.mtls.mode', 'PERMISSIVE'),
  other('PeerAuthentication', 'spec.mtls.mode', 'DISABLE'),
  gone('Sidecar'),
  other('Sidecar', 'spec.outboundTrafficPolicy', { mode: 'ALLOW_ANY' }),
  other('Sidecar', 'spec.egress', [{ hosts: ['./*'] }]),
  gone('NetworkPolicy'),
  without('NetworkPolicy', 'spec.egress.0'),
  other('NetworkPolicy', 'spec.egress', []),
  other('NetworkPolicy', 'spec.egress', [{}]),
  without('NetworkPolicy', 'spec.ingress.0'),
  other('Service', 'spec.ports.0.targetPort', 8081),
  without('Service', 'spec.ports.0'),
  other('Service', 'spec.selector', { istio: 'other' }),
];

/** Manifests with a mutation in one of their objects, and which object that is; nothing where none has such a thing. */
export function mutated(documents: string[], mutation: Mutation, which: number): Mutated | undefined {
  const possible = documents.flatMap((document, index) => {
    const object = parse(document);
    if (object?.kind !== mutation.kind) return [];
    const changed = mutation.change(object);
    return changed === false ? [] : [{ index, object, isGone: changed === undefined }];
  });
  if (possible.length === 0) return undefined;
  const { index, object, isGone } = possible[which % possible.length];
  const rest = documents.filter((_, position) => position !== index);
  const { name, namespace } = object.metadata;
  return {
    title: `${mutation.kind} ${namespace}/${name}: ${mutation.name}`,
    documents: isGone ? rest : [...rest, JSON.stringify(object)],
    possible: possible.length,
  };
}

/** Manifests that are wrong in one place. */
export interface Mutated {
  readonly title: string;
  readonly documents: string[];
  /** How many objects have what is changed. */
  readonly possible: number;
}

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { Check, either, flag, integer, list, oneOf, record, strings, text } from './schema';
import { OutboundMode } from '../bed/control/istiod';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { ExternalOptions } from '../world/external';
import { WorkloadOptions } from '../world/workload';

/** An expected call: what to do, and what must come of it. */
export type WorldCall = CallOptions & { readonly name?: string; readonly expect: Expectation };

/** Who is there beside the manifests, and what must happen. */
export interface World {
  readonly outbound?: OutboundMode;
  readonly namespaces?: {
    readonly name: string;
    readonly injection?: boolean;
    readonly labels?: Record<string, string>;
  }[];
  readonly workloads?: WorkloadOptions[];
  readonly external?: ExternalOptions[];
  /** Files or folders of manifests that were there before, from the world file's folder. */
  readonly manifests?: string[];
  /** A file with settings that go over the bed's own mesh configuration. */
  readonly meshConfig?: string;
  readonly serverCertificates?: { readonly secret: string; readonly hosts: string[] }[];
  readonly clientCertificates?: { readonly secret: string; readonly commonName: string }[];
  readonly calls: WorldCall[];
}

const name = text(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'a Kubernetes name', 'Use small letters, digits and "-".');
const namespaced = text(
  /^[a-z0-9][-a-z0-9]*\/[a-z0-9][-a-z0-9.]*$/,
  'namespace/name',
  'Write both with a "/" between.',
);
const host = text(
  /^(\*\.)?[a-z0-9][-a-z0-9.]*\.[-a-z0-9]+$/,
  'a DNS name, "*." may stand in front',
  'Write it in small letters.',
);
const url = text(
  /^(https?|wss?|grpcs?|tcp|tls|udp):\/\/[^/\s]+/,
  'a URL with http, https, ws, wss, grpc, grpcs, tcp, tls or udp',
  'Write it as http://api.example.com/path.',
);
const anyText = text(/[^]*/, 'text', 'Put it in quotes.');
const PROTOCOLS = ['http', 'https', 'tcp', 'tls', 'connect', 'udp'];
const FAILURES = ['dns', 'refused', 'reset', 'closed', 'timeout', 'tls', 'other'];

const expectation: Check = record({
  'outcome!': oneOf('allowed', 'refused'),
  status: integer(100, 599),
  failure: either(list(oneOf(...FAILURES), 1), oneOf(...FAILURES)),
  through: list(namespaced),
  by: either(
    namespaced,
    text(/^NetworkPolicy of [a-z0-9][-a-z0-9]*\/[a-z0-9][-a-z0-9.]*$/, 'NetworkPolicy of namespace/name', 'Name it.'),
    oneOf('sidecar', 'ztunnel'),
  ),
  hop: oneOf('mutual', 'plaintext'),
  identity: namespaced,
  upstream: oneOf('tls', 'plaintext'),
  tlsBy: either(namespaced, oneOf('caller')),
  clientCertificate: anyText,
  outside: oneOf('nothing', 'connection', 'greeting', 'stream', 'handshake'),
  server: host,
  http: oneOf('1.1', '2.0'),
  meshHeaders: oneOf('hidden'),
});

const call: Check = record({
  name: anyText,
  'from!': namespaced,
  'url!': url,
  as: oneOf('application', 'proxy'),
  method: text(/^[A-Z]+$/, 'an HTTP method', 'Write it in capitals.'),
  headers: strings,
  body: anyText,
  upload: integer(1, 1_000_000_000),
  listen: integer(1, 60_000),
  http: oneOf('1.1', '2'),
  connectTo: record({ 'host!': anyText, port: integer(1, 65535) }),
  sni: anyText,
  timeout: integer(1, 60_000),
  'expect!': expectation,
});

const external: Check = record({
  'hosts!': list(host, 1),
  ports: list(
    record({
      'port!': integer(1, 65535),
      'protocol!': oneOf(...PROTOCOLS),
      http: oneOf('1.1', '2'),
      greets: flag,
      streams: flag,
    }),
    1,
  ),
  ca: oneOf('trusted', 'untrusted'),
  certificateHosts: list(host, 1),
  requireClientCertificate: flag,
  addresses: integer(1, 20),
});

const world: Check = record({
  outbound: oneOf('REGISTRY_ONLY', 'ALLOW_ANY'),
  namespaces: list(record({ 'name!': name, injection: flag, labels: strings })),
  workloads: list(
    record({
      'namespace!': name,
      'name!': name,
      serviceAccount: name,
      sidecar: flag,
      labels: strings,
      annotations: strings,
      replicas: integer(0, 10),
    }),
  ),
  external: list(external),
  manifests: list(anyText),
  meshConfig: anyText,
  serverCertificates: list(record({ 'secret!': namespaced, 'hosts!': list(host, 1) })),
  clientCertificates: list(record({ 'secret!': namespaced, 'commonName!': anyText })),
  'calls!': list(call, 1),
});

/** `expect: allowed` is short for an outcome alone. */
function withOutcomes(value: any): any {
  if (!Array.isArray(value?.calls)) return value;
  const calls = value.calls.map((entry: any) =>
    typeof entry?.expect === 'string' ? { ...entry, expect: { outcome: entry.expect } } : entry,
  );
  return { ...value, calls };
}

function unknownCallers({ calls, workloads = [] }: World, deployments: string[]) {
  const known = new Set([...workloads.map((workload) => `${workload.namespace}/${workload.name}`), ...deployments]);
  return calls.flatMap(({ from }, index) =>
    known.has(from)
      ? []
      : [
          {
            path: `calls[${index}].from`,
            message: `is "${from}"; allowed: ${[...known].join(', ')}. Declare it under workloads.`,
          },
        ],
  );
}

/** Reads a world file; throws with every problem in it at once. Callers may be workloads of the file or of the manifests. */
export function readWorld(file: string, deployments: string[]): World {
  // YAML 1.1 as Kubernetes reads it would take `y` and `no` for booleans; this file is ours and is YAML 1.2.
  const document = parseDocument(readFileSync(file, 'utf8'));
  const syntax = document.errors.map((error) => `${file}: ${error.message}`);
  if (syntax.length) throw new Error(syntax.join('\n'));
  const value = withOutcomes(document.toJS());
  const problems = world(value, '');
  if (!problems.length) problems.push(...unknownCallers(value, deployments));
  if (problems.length) {
    throw new Error(problems.map(({ path, message }) => `${file}: ${path || 'the file'} ${message}`).join('\n'));
  }
  const beside = (path: string) => resolve(dirname(file), path);
  const { manifests, meshConfig } = value as World;
  return { ...value, manifests: manifests?.map(beside), meshConfig: meshConfig && beside(meshConfig) } as World;
}

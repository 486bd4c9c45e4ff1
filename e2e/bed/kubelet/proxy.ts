import { chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { KubeObject, api } from '../api';
import { FILES, NODE_ADDRESS, podDirectory, podNetns } from '../layout';
import { Parts } from '../parts';
import { eventually } from '../poll';
import { daemon, plainEnvironment, run } from '../process';
import { PROXY_USER, binariesOf, inContainer } from './container';
import { PROXY, ProxyRole } from './injection';

async function token(pod: KubeObject): Promise<string> {
  const { namespace } = pod.metadata;
  const account = pod.spec.serviceAccountName;
  const answer = await api.json(`/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
    method: 'POST',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: ['istio-ca'], expirationSeconds: 43_200 },
    },
  });
  return answer.status.token;
}

/** istiod writes its root certificate into every namespace; a new one takes a moment. */
async function rootCertificate(namespace: string): Promise<string> {
  return eventually(`the root certificate in namespace ${namespace}`, async () => {
    const map = await api.maybe(`/api/v1/namespaces/${namespace}/configmaps/istio-ca-root-cert`);
    return map?.data?.['root-cert.pem'];
  });
}

/** What the pod asks of its proxy by an annotation. */
function ownProxyConfig({ metadata }: KubeObject): {
  proxyMetadata?: Record<string, string>;
  [field: string]: unknown;
} {
  return parse(metadata.annotations?.['proxy.istio.io/config'] ?? '{}');
}

/** What the mesh says of all proxies when the pod is made. */
function meshProxyConfig(): Record<string, unknown> {
  return parse(readFileSync(FILES.meshConfig, 'utf8')).defaultConfig;
}

function environment(pod: KubeObject, address: string): Record<string, string> {
  const { namespace = '', name, labels = {}, annotations = {} } = pod.metadata;
  const account = pod.spec.serviceAccountName;
  const owner = pod.metadata.ownerReferences?.[0]?.name ?? name;
  const container = pod.spec.containers.find((candidate: any) => candidate.name === PROXY);
  const own = Object.fromEntries(
    (container?.env ?? [])
      // A waypoint brings its PROXY_CONFIG along, which says nothing that the mesh's does not.
      .filter((item: any) => item.value !== undefined && item.name !== 'PROXY_CONFIG')
      .map((item: any) => [item.name, item.value]),
  );
  const canonical =
    labels['service.istio.io/canonical-name'] ?? labels['app.kubernetes.io/name'] ?? labels.app ?? owner;
  const ports = pod.spec.containers.flatMap((candidate: any) => candidate.ports ?? []);
  const proxyConfig = {
    binaryPath: '/usr/local/bin/envoy',
    configPath: './etc/istio/proxy',
    concurrency: 1,
    fileFlushInterval: '0.02s', // tests read the access log after every call
    terminationDrainDuration: '2s',
    // As the injector does: what the pod asks for goes over the mesh's own.
    ...meshProxyConfig(),
    ...ownProxyConfig(pod),
  };
  return plainEnvironment({
    POD_NAME: name,
    POD_NAMESPACE: namespace,
    INSTANCE_IP: address,
    SERVICE_ACCOUNT: account,
    ISTIO_META_SERVICE_ACCOUNT: account,
    HOST_IP: NODE_ADDRESS,
    TRUST_DOMAIN: 'cluster.local',
    CA_ADDR: 'istiod.istio-system.svc:15012',
    PILOT_CERT_PROVIDER: 'istiod',
    JWT_POLICY: 'third-party-jwt',
    OUTPUT_CERTS: '.',
    PROXY_CONFIG: JSON.stringify(proxyConfig),
    ISTIO_KUBE_APP_PROBERS: annotations['bed/probes'] ?? '{}',
    ISTIO_META_CLUSTER_ID: 'Kubernetes',
    ISTIO_META_NODE_NAME: pod.spec.nodeName,
    ISTIO_META_WORKLOAD_NAME: owner,
    ISTIO_META_MESH_ID: 'cluster.local',
    ISTIO_META_INTERCEPTION_MODE: 'REDIRECT',
    ISTIO_META_POD_PORTS: JSON.stringify(ports),
    ISTIO_METAJSON_LABELS: JSON.stringify({ 'service.istio.io/canonical-name': canonical, ...labels }),
    ...ownProxyConfig(pod).proxyMetadata,
    ISTIO_METAJSON_ANNOTATIONS: JSON.stringify({ 'proxy.istio.io/config': annotations['proxy.istio.io/config'] ?? '' }),
    ...own,
  });
}

/** Writes what a kubelet mounts into the proxy's container: token, root certificate, labels, bootstrap template. */
async function writeFiles(pod: KubeObject, directory: string, parts: Parts) {
  const files: Record<string, string> = {
    'var/run/secrets/tokens/istio-token': await token(pod),
    'var/run/secrets/istio/root-cert.pem': await rootCertificate(pod.metadata.namespace ?? ''),
    'etc/istio/pod/labels': Object.entries(pod.metadata.labels ?? {})
      .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
      .join(''),
    'proxy.log': '',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  for (const empty of ['etc/istio/proxy', 'var/lib/istio/envoy']) {
    mkdirSync(join(directory, empty), { recursive: true });
  }
  copyFileSync(parts.bootstrap, join(directory, 'var/lib/istio/envoy/envoy_bootstrap_tmpl.json'));
  await run(['chown', '-R', `${PROXY_USER}:${PROXY_USER}`, directory]);
}

/** What the rules take: for a sidecar all traffic, for ztunnel what the pod sends and its questions to DNS. */
const CAPTURED: Partial<Record<ProxyRole, string[]>> = {
  sidecar: ['-b', '*', '-d', '15090,15021,15020'],
  ztunnel: ['-b', '', '-d', '', '--redirect-dns'],
};

/** Captures a pod's traffic with the same rules, by the same program, as Istio's init container. */
export async function capture(pod: KubeObject, role: ProxyRole, parts: Parts): Promise<void> {
  const { namespace = '', name } = pod.metadata;
  const own = CAPTURED[role];
  if (!own) return;
  const dns = ownProxyConfig(pod).proxyMetadata?.ISTIO_META_DNS_CAPTURE === 'true' ? ['--redirect-dns'] : [];
  const to = ['-p', '15001', '-z', '15006', '-u', String(PROXY_USER), '-m', 'REDIRECT', '-i', '*', '-x', ''];
  const command = [parts.pilotAgent, 'istio-iptables', ...to, ...own, ...dns];
  await run(['ip', 'netns', 'exec', podNetns(namespace, name), ...command]);
}

/** Writes the proxy's files; to be called once in a pod's life. */
export async function prepareProxy(pod: KubeObject, parts: Parts): Promise<void> {
  const { namespace = '', name } = pod.metadata;
  const directory = podDirectory(namespace, name);
  await writeFiles(pod, join(directory, 'proxy'), parts);
}

/** Starts pilot-agent, which starts Envoy, or the stand-in for ztunnel; answers with its process id. */
export function startProxy(pod: KubeObject, role: ProxyRole, address: string, parts: Parts): number {
  const { namespace = '', name } = pod.metadata;
  const directory = join(podDirectory(namespace, name), 'proxy');
  const log = join(directory, 'proxy.log');
  chownSync(log, PROXY_USER, PROXY_USER); // Envoy opens /dev/stdout by its path
  const program = role === 'ztunnel' ? 'ztunnel' : 'pilot-agent';
  const args = ['proxy', role, '--domain', `${namespace}.svc.cluster.local`, '--proxyLogLevel=warning'];
  return daemon(inContainer(pod, PROXY_USER, binariesOf(role, parts), [program, ...args]), {
    log,
    cwd: directory,
    env: environment(pod, address),
  });
}

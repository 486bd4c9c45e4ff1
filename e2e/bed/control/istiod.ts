import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { ISTIOD, netnsOf } from './system-pods';
import { ACCESS_LOG } from '../access-log';
import { FILES } from '../layout';
import { Parts, useImages } from '../parts';
import { eventually } from '../poll';
import { daemon, plainEnvironment, run } from '../process';

export type OutboundMode = 'REGISTRY_ONLY' | 'ALLOW_ANY';

/**
 * Whose ServiceEntries count beyond their own namespace: those of the namespace in which waypoints stand. What the examples state
 * of their mesh, in examples/mesh.ts, is true here.
 */
const SERVICE_ENTRY_VISIBILITY = {
  defaultVisibility: 'NAMESPACE',
  applyToSidecars: true,
  policies: [
    {
      visibility: 'PUBLIC',
      matchingRules: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'istio-egress' } } }],
    },
  ],
};

/** Writes the mesh configuration, if it changes; a running istiod takes it over by itself. */
export function writeMeshConfig(outbound: OutboundMode, overrides: object = {}): boolean {
  mkdirSync(dirname(FILES.meshConfig), { recursive: true });
  const config = {
    outboundTrafficPolicy: { mode: outbound },
    serviceEntryVisibility: SERVICE_ENTRY_VISIBILITY,
    trustDomain: 'cluster.local',
    rootNamespace: 'istio-system',
    accessLogFile: '/dev/stdout',
    accessLogEncoding: 'JSON',
    accessLogFormat: JSON.stringify(ACCESS_LOG),
    defaultConfig: { discoveryAddress: 'istiod.istio-system.svc:15012' },
    ...overrides,
  };
  const text = stringify(config);
  if (existsSync(FILES.meshConfig) && readFileSync(FILES.meshConfig, 'utf8') === text) return false;
  writeFileSync(FILES.meshConfig, text);
  return true;
}

const ENVIRONMENT = {
  POD_NAMESPACE: ISTIOD.namespace,
  POD_NAME: ISTIOD.name,
  SERVICE_ACCOUNT: 'istiod',
  REVISION: 'default',
  CLUSTER_ID: 'Kubernetes',
  JWT_POLICY: 'third-party-jwt',
  PILOT_CERT_PROVIDER: 'istiod',
  ISTIOD_ADDR: 'istiod.istio-system.svc:15012',
  INJECTION_WEBHOOK_CONFIG_NAME: '',
  PILOT_DEBOUNCE_AFTER: '20ms', // instead of 100: every change is waited for
};

/** Leaves out filters of Istio's own build of Envoy, and listeners that need them. */
const FOR_UPSTREAM_ENVOY = {
  PILOT_ENABLE_ALPN_FILTER: 'false',
  PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  AMBIENT_ENABLE_MULTI_NETWORK_WAYPOINT: 'false',
};

/** What decides which configuration istiod makes of manifests: whoever wants to make the same needs it too. */
export const istiodSettings = (): Record<string, string> => ({
  PILOT_ENABLE_AMBIENT: 'true',
  PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'true', // as examples/mesh.ts states
  ...(useImages() ? {} : FOR_UPSTREAM_ENVOY),
});

const READY = 'http://127.0.0.1:8080/ready';
const PID = join(dirname(FILES.meshConfig), 'pid');

/** Whether istiod says of itself that it is ready. */
async function answers(): Promise<boolean> {
  return (await run(['curl', '-sf', READY], { netns: netnsOf(ISTIOD), mayFail: true })).code === 0;
}

/**
 * As the kubelet would, starts it again when it has panicked. Istio 1.31.1 has one that a busy machine can meet: a waypoint, and a
 * ServiceEntry with DNS of which istiod knows the service already and the endpoints not yet (`buildWaypointInboundVIPCluster`).
 */
const AGAIN_AFTER_PANIC = [
  'sh',
  '-c',
  'while "$@"; [ $? -eq 2 ]; do echo "istiod panicked, and is started again"; done',
  'istiod',
];

/** Starts istiod, with environment variables over the bed's own, and answers once it serves configuration. */
export async function startIstiod(parts: Parts, settings: Record<string, string> = {}): Promise<void> {
  const log = join(FILES.logs, 'istiod.log');
  const flags = ['--meshConfig', FILES.meshConfig, '--networksConfig', '/dev/null', '--kubeconfig', FILES.kubeconfig];
  // It reads from its working directory, and writes there.
  cpSync(parts.injection, join(dirname(FILES.meshConfig), 'var/lib/istio/inject'), { recursive: true });
  const pid = daemon([...AGAIN_AFTER_PANIC, parts.istiod, 'discovery', ...flags], {
    netns: netnsOf(ISTIOD),
    log,
    cwd: dirname(FILES.meshConfig),
    env: plainEnvironment({ ...ENVIRONMENT, ...istiodSettings(), ...settings }),
  });
  writeFileSync(PID, String(pid));
  await eventually('istiod to be ready', answers, { within: 60_000 });
}

/** Ends istiod at once, as a crash would. */
export async function killIstiod(): Promise<void> {
  const pid = Number(readFileSync(PID, 'utf8'));
  process.kill(-pid, 'SIGKILL'); // with what would start it again
  await eventually('istiod to stop', async () => !(await answers()));
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api } from '../api';
import { FILES, NODE, NODE_ADDRESS, RUN, SERVICE_RANGE } from '../layout';
import { Parts } from '../parts';
import { eventually } from '../poll';
import { daemon, run } from '../process';

const CLIENT_PORT = 'http://127.0.0.1:2379';
const ISSUER = 'https://kubernetes.default.svc';

/** Users by token: `admin` for the bed, istiod with all rights too: its ClusterRoles are not what is tested here. */
const TOKENS = 'bed-admin-token,admin,admin,system:masters\n';

/** Who wrote what of the objects about which admission policies decide, and what these said of it. */
const AUDIT = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'Metadata',
      verbs: ['create', 'update', 'patch'],
      resources: [{ group: 'networking.istio.io' }, { group: 'networking.k8s.io' }],
    },
    { level: 'None' },
  ],
};

function kubeconfig(): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bed', cluster: { server: `https://${NODE_ADDRESS}:6443`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token: 'bed-admin-token' } }],
    contexts: [{ name: 'bed', context: { cluster: 'bed', user: 'admin' } }],
    'current-context': 'bed',
  });
}

function startEtcd(parts: Parts) {
  const urls = ['--listen-client-urls', CLIENT_PORT, '--advertise-client-urls', CLIENT_PORT];
  const peers = ['--listen-peer-urls', 'http://127.0.0.1:2380'];
  // Nothing here has to survive a power cut.
  const command = [parts.etcd, '--data-dir', join(RUN, 'etcd'), ...urls, ...peers, '--unsafe-no-fsync'];
  daemon(command, { netns: NODE, log: join(FILES.logs, 'etcd.log') });
}

/** etcd and kube-apiserver, with RBAC on and tokens that istiod accepts; answers once the CRDs are served. */
export async function startApiServer(parts: Parts): Promise<void> {
  mkdirSync(FILES.logs, { recursive: true });
  const directory = join(RUN, 'api-server');
  mkdirSync(directory, { mode: 0o700 });
  startEtcd(parts);
  const key = join(directory, 'service-accounts.key');
  await run(['openssl', 'genrsa', '-out', key, '2048']);
  writeFileSync(join(directory, 'tokens.csv'), TOKENS, { mode: 0o600 });
  writeFileSync(FILES.kubeconfig, kubeconfig(), { mode: 0o600 });
  writeFileSync(join(directory, 'audit.json'), JSON.stringify(AUDIT));
  const flags = {
    'etcd-servers': CLIENT_PORT,
    'secure-port': '6443',
    'bind-address': NODE_ADDRESS,
    'advertise-address': NODE_ADDRESS,
    'cert-dir': directory,
    'service-cluster-ip-range': SERVICE_RANGE,
    'service-account-issuer': ISSUER,
    'service-account-key-file': key,
    'service-account-signing-key-file': key,
    'api-audiences': `istio-ca,${ISSUER}`,
    'token-auth-file': join(directory, 'tokens.csv'),
    'authorization-mode': 'RBAC',
    'disable-admission-plugins': 'ServiceAccount', // it waits for the token controller, which the bed does not have
    'allow-privileged': 'true',
    'enable-aggregator-routing': 'true', // to a webhook's pods: addresses of Services are not translated for the node itself
    'audit-policy-file': join(directory, 'audit.json'),
    'audit-log-path': FILES.audit,
    'audit-log-mode': 'blocking', // what was answered is in the log
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  daemon([parts.apiServer, ...args], { netns: NODE, log: join(FILES.logs, 'kube-apiserver.log') });
  // The harness lives outside the bed's network: it reaches the API by a socket in the file system.
  const proxy = ['proxy', `--unix-socket=${FILES.api}`, '--accept-hosts=.*', '--reject-paths=^$'];
  daemon([parts.kubectl, `--kubeconfig=${FILES.kubeconfig}`, ...proxy], {
    netns: NODE,
    log: join(FILES.logs, 'kubectl-proxy.log'),
  });
  await eventually('kube-apiserver to be ready', async () => (await api.text('/readyz')) === 'ok', { within: 60_000 });
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Configuration, FILES, secretFile, secrets } from './configuration';
import { KubeObject } from '../../../e2e/bed/api';
import { inContainer, PROXY_USER } from '../../../e2e/bed/kubelet/container';
import { FILES as BED, podDirectory } from '../../../e2e/bed/layout';
import { Parts } from '../../../e2e/bed/parts';
import { eventually } from '../../../e2e/bed/poll';
import { daemon } from '../../../e2e/bed/process';
import { configDump, summaryOf } from '../../../e2e/world/config';
import { cost, memory } from '../../../e2e/world/cost';
import { Figures } from '../size';

const ADMIN = 15900;
const DIRECTORY = 'floor';
const TYPES = {
  clusters: 'envoy.config.cluster.v3.Cluster',
  listeners: 'envoy.config.listener.v3.Listener',
  routes: 'envoy.config.route.v3.RouteConfiguration',
  secrets: 'envoy.extensions.transport_sockets.tls.v3.Secret',
};

/**
 * One more Envoy in a pod, beside that of Istio: the same program with the same bootstrap, the pod's own certificate and the same user,
 * but its configuration comes from files, which it reads as it reads what istiod sends.
 */
export class OwnEnvoy {
  public static async start(pod: KubeObject, configuration: Configuration): Promise<OwnEnvoy> {
    const { namespace = '', name } = pod.metadata;
    const directory = join(podDirectory(namespace, name), 'proxy');
    write(directory, configuration);
    const { envoy } = JSON.parse(readFileSync(BED.parts, 'utf8')) as Parts;
    const log = join(directory, DIRECTORY, 'envoy.log');
    writeFileSync(log, '');
    const command = ['envoy', '-c', join(DIRECTORY, 'bootstrap.json'), '--concurrency', '1', '--disable-hot-restart'];
    const running = daemon(inContainer(pod, PROXY_USER, { envoy }, [...command, '--log-level', 'warning']), {
      log,
      cwd: directory,
    });
    const own = new OwnEnvoy(`${namespace}/${name}`, running);
    try {
      await own.hasTaken(configuration, log);
      return own;
    } catch (error) {
      await own.stop();
      throw error;
    }
  }

  private constructor(
    private readonly pod: string,
    private readonly running: number,
  ) {}

  public async figures(): Promise<Figures> {
    return { ...(await cost(this.pod, ADMIN)), memory: await memory(this.pod, ADMIN) };
  }

  public async stop(): Promise<void> {
    if (!this.hasEnded) process.kill(this.running, 'SIGKILL');
    await eventually('Envoy to end', () => this.hasEnded, { within: 10_000 });
  }

  private get hasEnded(): boolean {
    try {
      return !process.kill(this.running, 0);
    } catch {
      return true;
    }
  }

  /** What Envoy refuses is left out of what it says that it has. */
  private async hasTaken(configuration: Configuration, log: string): Promise<void> {
    const kinds = ['clusters', 'listeners', 'routes'] as const;
    const counts = (of: Configuration) => kinds.map((kind) => of[kind].length).join();
    const taken = async () =>
      this.hasEnded || counts(summaryOf(await configDump(this.pod, ADMIN))) === counts(configuration);
    const waited = eventually('Envoy to take the configuration', taken, { within: 60_000, every: 500 });
    await waited.catch(() => undefined);
    const said = readFileSync(log, 'utf8');
    const isWhole = await waited.then(() => !this.hasEnded && !/rejected/.test(said)).catch(() => false);
    if (!isWhole) throw new Error(`Envoy did not take the configuration:\n${said.slice(-4000)}`);
  }
}

function write(directory: string, { clusters, listeners, routes }: Configuration): void {
  mkdirSync(join(directory, DIRECTORY), { recursive: true });
  const file = (name: string, content: object) => writeFileSync(join(directory, name), JSON.stringify(content));
  const resources = (name: string, kind: keyof typeof TYPES, all: object[]) =>
    file(name, { resources: all.map((one) => ({ '@type': `type.googleapis.com/${TYPES[kind]}`, ...one })) });
  // pilot-agent writes them there: OUTPUT_CERTS.
  const own = { certificate: './cert-chain.pem', key: './key.pem', root: './root-cert.pem' };
  for (const secret of secrets(own, '/etc/ssl/certs/ca-certificates.crt')) {
    resources(secretFile(secret.name), 'secrets', [secret]);
  }
  resources(FILES.clusters, 'clusters', clusters);
  resources(FILES.routes, 'routes', routes);
  resources(FILES.listeners, 'listeners', listeners);
  const bootstrap = JSON.parse(readFileSync(join(directory, 'etc/istio/proxy/envoy-rev.json'), 'utf8'));
  bootstrap.admin.address.socket_address.port_value = ADMIN;
  bootstrap.dynamic_resources = {
    cds_config: { path_config_source: { path: FILES.clusters } },
    lds_config: { path_config_source: { path: FILES.listeners } },
  };
  bootstrap.static_resources.listeners = [];
  file(join(DIRECTORY, 'bootstrap.json'), bootstrap);
}

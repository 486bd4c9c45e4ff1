import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { KubeObject, api } from '../api';
import { DNS_SERVICE, SYSTEM_PODS } from '../control/system-pods';
import { FILES, appSocket, linkOf, podAddress, podDirectory, podNetns } from '../layout';
import { createHost, killUser, removeNamespace, writeEtc } from '../network';
import { Parts } from '../parts';
import { authority } from '../pki';
import { eventually } from '../poll';
import { daemon } from '../process';
import { PROXY_USER } from './container';
import { keyOf } from './informer';
import { PROXY, ProxyRole } from './injection';
import { isOpa, startOpa } from './opa';
import { probePod, probeTunnel } from './probes';
import { capture, prepareProxy, startProxy } from './proxy';

let pods = SYSTEM_PODS.length;

/** The next free address of the pods' range. None is used twice: an old connection must not reach a new pod. */
const nextAddress = () => podAddress(pods++);

/** A pod that runs on this node. */
export class RunningPod {
  readonly address = nextAddress();
  private proxyProcess?: number;
  private ready?: boolean;
  private ended?: Promise<void>;

  constructor(
    private pod: KubeObject,
    private readonly parts: Parts,
  ) {}

  /** `namespace/name`. */
  get name(): string {
    return keyOf(this.pod);
  }

  /** Whether it was ready when last looked at. */
  get isReady(): boolean {
    return this.ready ?? false;
  }

  /** Takes over a change of the object: its labels may have changed. */
  update(pod: KubeObject) {
    this.pod = pod;
  }

  /** Makes the pod's network and starts what runs in it. */
  async start(): Promise<void> {
    const { namespace = '', name } = this.pod.metadata;
    rmSync(podDirectory(namespace, name), { recursive: true, force: true });
    mkdirSync(podDirectory(namespace, name), { recursive: true });
    await createHost(this.netns, linkOf(this.address), [this.address]);
    const { certificate } = await authority('public');
    writeEtc(this.netns, {
      'resolv.conf': `nameserver ${DNS_SERVICE}\nsearch ${namespace}.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n`,
      hosts: `127.0.0.1 localhost\n${this.address} ${name}\n`,
      'nsswitch.conf': 'hosts: files dns\n',
      // What `caCertificates: system` reads in a pod: here the internet's only authority.
      'ssl/certs/ca-certificates.crt': certificate,
    });
    await this.report(false);
    if (this.applications.length) this.startApplication();
    for (const container of this.pod.spec.containers.filter(isOpa)) await startOpa(this.pod, container, this.parts);
    if (this.role) {
      await prepareProxy(this.pod, this.parts);
      await capture(this.pod, this.role, this.parts);
      this.startProxy();
    }
  }

  /** Looks after the pod: restarts a proxy that ended, and reports whether the pod is ready. */
  async tend(): Promise<void> {
    if (this.isEnding) return;
    if (this.proxyProcess && !isRunning(this.proxyProcess)) await this.restartProxy();
    const ready = (await probePod(this.pod, this.address, this.parts)) && (await this.isTunnelReady());
    if (ready !== this.ready && !this.isEnding) await this.report(ready);
  }

  /** Ends the pod, once: gracefully within its grace period, then for good. */
  async stop(): Promise<void> {
    this.ended ??= this.end();
    return this.ended;
  }

  private get isEnding(): boolean {
    return this.ended !== undefined;
  }

  private async end(): Promise<void> {
    const { namespace = '', name, deletionGracePeriodSeconds } = this.pod.metadata;
    if (this.proxyProcess && deletionGracePeriodSeconds) {
      signal(this.proxyProcess, 'SIGTERM');
      const within = deletionGracePeriodSeconds * 1000;
      await eventually('the proxy to drain', () => !isRunning(this.proxyProcess!), { within }).catch(() => undefined);
    }
    await removeNamespace(this.netns);
    await api.remove(`/api/v1/namespaces/${namespace}/pods/${name}`, this.pod, { gracePeriodSeconds: 0 });
  }

  private get netns(): string {
    return podNetns(this.pod.metadata.namespace ?? '', this.pod.metadata.name);
  }

  private get role(): ProxyRole | undefined {
    return this.pod.metadata.annotations?.['bed/proxy'] as ProxyRole | undefined;
  }

  private get applications(): any[] {
    return this.pod.spec.containers.filter((container: any) => container.name !== PROXY && !isOpa(container));
  }

  /** A real pod is not told about ztunnel; a test must not call before it knows the mesh. */
  private async isTunnelReady(): Promise<boolean> {
    return this.role !== 'ztunnel' || probeTunnel(this.address);
  }

  private startProxy() {
    this.proxyProcess = startProxy(this.pod, this.role!, this.address, this.parts);
  }

  /** As a container's end takes all its processes: a pilot-agent that was killed leaves its Envoy behind. */
  private async restartProxy() {
    await this.report(false);
    await killUser(this.netns, PROXY_USER);
    this.startProxy();
  }

  /** One process stands for all application containers of the pod. */
  private startApplication() {
    const { namespace = '', name } = this.pod.metadata;
    const ports = this.applications.flatMap((container) => container.ports ?? []);
    const probed = this.applications
      .map(({ readinessProbe }) => readinessProbe?.httpGet?.port)
      .filter(Number.isInteger);
    const listen = new Set([...ports.map((port: any) => port.containerPort), ...probed.filter((port) => port < 15000)]);
    const program = join(FILES.app, 'main.js');
    const command = [process.execPath, program, appSocket(namespace, name), [...listen].join(',')];
    daemon(['ip', 'netns', 'exec', this.netns, ...command], { log: join(podDirectory(namespace, name), 'app.log') });
  }

  private async report(ready: boolean) {
    const { namespace, name } = this.pod.metadata;
    const condition = { type: 'Ready', status: ready ? 'True' : 'False' };
    await api.maybe(`/api/v1/namespaces/${namespace}/pods/${name}/status`, {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      body: {
        status: { phase: 'Running', podIP: this.address, podIPs: [{ ip: this.address }], conditions: [condition] },
      },
    });
    this.ready = ready;
  }
}

function isRunning(pid: number): boolean {
  return signal(pid, 0);
}

function signal(pid: number, kind: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, kind);
  } catch {
    return false;
  }
}

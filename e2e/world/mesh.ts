import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CallOptions, CallResult, PodsByAddress, makeCall } from './call';
import { configFor } from './config';
import { describe } from './describe';
import { empty } from './empty';
import { Expectation, differences } from './expect';
import { ExternalOptions, declareExternal } from './external';
import { Manifests, documentsOf, inOrder } from './manifests';
import { MANAGER, applyDocument, deleteDocument } from './objects';
import { linesSince, markLogs } from './proxies';
import { notReady } from './ready';
import { meshConfigInUse, QUIET, syncState, unheard } from './sync';
import { Watch } from './watch';
import { WorkloadOptions, workloadManifests } from './workload';
import { KubeObject, api } from '../bed/api';
import { Load, LoadResult } from '../bed/app/load';
import { Bed, BedOptions } from '../bed/bed';
import { OutboundMode, killIstiod, startIstiod, writeMeshConfig } from '../bed/control/istiod';
import { Behaviour, InternetServer } from '../bed/internet/record';
import { PROXY_USER } from '../bed/kubelet/container';
import { ProxyRole } from '../bed/kubelet/injection';
import { policiesAreEnforced } from '../bed/kubelet/network-policies/enforce';
import { FILES, NODE, appSocket, podNetns } from '../bed/layout';
import { killProgram, killUser } from '../bed/network';
import { Parts } from '../bed/parts';
import { authority, issue } from '../bed/pki';
import { PollOptions, eventually } from '../bed/poll';
import { RunResult, plainEnvironment, run } from '../bed/process';
import { ask } from '../bed/socket';

export interface NamespaceOptions {
  /** Whether pods get a sidecar unless they say otherwise. @default - true, unless `labels` make the namespace ambient */
  readonly injection?: boolean;
  readonly labels?: Record<string, string>;
}

/** A real mesh on this machine: declare who is there, apply manifests, make calls and see what becomes of them. */
export class Mesh {
  /** Brings an empty mesh up; waits for another one on this machine to end. */
  static async up(options: BedOptions = {}): Promise<Mesh> {
    const bed = await Bed.up(options);
    return new Mesh(bed.parts, bed);
  }

  /** The mesh that another process brought up. */
  static attach(): Mesh {
    if (!existsSync(FILES.parts)) throw new Error('no mesh is up on this machine');
    return new Mesh(JSON.parse(readFileSync(FILES.parts, 'utf8')) as Parts);
  }

  private constructor(
    private readonly parts: Parts,
    private readonly bed?: Bed,
  ) {}

  /** Removes the mesh, if this object brought it up. */
  async down(): Promise<void> {
    await this.bed?.down();
  }

  /** Runs kubectl as the cluster's administrator. */
  async kubectl(args: string[], options: { input?: string; mayFail?: boolean } = {}): Promise<RunResult> {
    return run([this.parts.kubectl, `--kubeconfig=${FILES.kubeconfig}`, ...args], { netns: NODE, ...options });
  }

  /** Runs istioctl; it may fail, which its code tells. */
  async istioctl(args: string[], input?: string): Promise<RunResult> {
    return run([this.parts.istioctl, ...args], {
      netns: NODE,
      input,
      mayFail: true,
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', KUBECONFIG: FILES.kubeconfig },
    });
  }

  async namespace(name: string, options: NamespaceOptions = {}): Promise<void> {
    const isAmbient = options.labels?.['istio.io/dataplane-mode'] === 'ambient';
    const injection = { 'istio-injection': (options.injection ?? !isAmbient) ? 'enabled' : 'disabled' };
    const metadata = { name, labels: { ...injection, ...options.labels } };
    // Its own field manager: manifests that bring the namespace along without these labels must not take them away.
    const manager = `${MANAGER}-world`;
    await api.apply(`/api/v1/namespaces/${name}`, { apiVersion: 'v1', kind: 'Namespace', metadata }, manager);
  }

  /** A workload that can make calls; its namespace must exist. */
  async workload(options: WorkloadOptions): Promise<string> {
    await this.apply(workloadManifests(options));
    return `${options.namespace}/${options.name}`;
  }

  /** A server outside the mesh. */
  async external(options: ExternalOptions): Promise<InternetServer> {
    return declareExternal(options);
  }

  /** Issues a client certificate and puts it where a gateway's `credentialName` finds it: a TLS secret, `namespace/name`. */
  async clientCertificate(secret: string, commonName: string): Promise<void> {
    const [namespace, name] = secret.split('/');
    const pair = await issue('clients', commonName);
    const stringData = {
      'tls.crt': pair.certificate,
      'tls.key': pair.key,
      'ca.crt': (await authority('public')).certificate,
    };
    await this.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { namespace, name },
      stringData,
    });
  }

  /** Issues a certificate of the authority that everybody trusts and puts it where a gateway's `credentialName` finds it. */
  async serverCertificate(secret: string, hosts: string[]): Promise<void> {
    const [namespace, name] = secret.split('/');
    const pair = await issue('public', hosts[0], hosts);
    await this.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { namespace, name },
      stringData: { 'tls.crt': pair.certificate, 'tls.key': pair.key },
    });
  }

  /** Puts settings over the bed's mesh configuration; without any it is the bed's own again. */
  async configure(outbound: OutboundMode, overrides: object = {}): Promise<void> {
    const before = await meshConfigInUse();
    if (!writeMeshConfig(outbound, overrides)) return;
    const isTaken = async () => (await meshConfigInUse()) !== before;
    await eventually('istiod to take over the mesh configuration', isTaken, { within: 30_000 });
    await this.settled();
  }

  /** Makes an external server slow, or takes it down, or back to normal with `{}`. */
  async behave(server: string, behaviour: Behaviour): Promise<void> {
    await ask(FILES.internet, `/behaviour/${encodeURIComponent(server)}`, behaviour);
  }

  /** Applies manifests on the server side, in an order in which they can be applied. */
  async apply(manifests: Manifests, except: string[] = []): Promise<void> {
    for (const document of inOrder(documentsOf(manifests, except))) await applyDocument(document);
  }

  /** Deletes what manifests name, in reverse. */
  async delete(manifests: Manifests, except: string[] = []): Promise<void> {
    for (const document of inOrder(documentsOf(manifests, except)).reverse()) await deleteDocument(document);
  }

  /** Waits until every Deployment has the pods it wants, all of them are ready, and so are waypoints. */
  async ready(options: PollOptions = {}): Promise<void> {
    const everything = async () => {
      const waiting = await notReady();
      if (waiting.length) throw new Error(`not ready: ${waiting.join(', ')}`);
      return true;
    };
    await eventually('all workloads to be ready', everything, { within: 90_000, ...options });
  }

  /** Waits until a workload's first pod is ready, whatever others are. */
  async readyPod(workload: string): Promise<void> {
    const isReady = async () => {
      const [pod] = await this.pods(workload);
      return pod?.status?.conditions?.some(({ type, status }: any) => type === 'Ready' && status === 'True');
    };
    await eventually(`a pod of ${workload} to be ready`, isReady, { within: 60_000 });
  }

  /** Waits until every Deployment has the pods it wants, ready or not: a gateway may wait for routes that are not there yet. */
  async placed(): Promise<void> {
    await eventually(
      'all pods to have an address',
      async () => {
        const [deployments, pods] = await Promise.all([
          api.list('/apis/apps/v1/deployments'),
          api.list('/api/v1/pods'),
        ]);
        const placed = ({ metadata }: KubeObject) =>
          pods.filter(
            (pod) => pod.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) && pod.status?.podIP,
          ).length;
        return deployments.every((deployment) => placed(deployment) >= (deployment.spec.replicas ?? 1));
      },
      { within: 60_000 },
    );
  }

  /**
   * Waits until istiod has heard of every object, has nothing more to send, and every proxy has taken over what it sent, and until the
   * node keeps the NetworkPolicies of now: a refusal seen before that could be one of a configuration that is still on its way. `quiet` has to be longer than istiod gathers
   * changes, in milliseconds as `within`.
   */
  async settled({ quiet = QUIET, within = 60_000 }: { quiet?: number; within?: number } = {}): Promise<void> {
    const hears = async () => {
      const missing = [...(await unheard()), ...((await policiesAreEnforced()) ? [] : ['rules of NetworkPolicies'])];
      if (missing.length) throw new Error(missing.join('; '));
      return true;
    };
    await eventually('istiod and the node to hear of every object', hears, { within: 30_000, every: 50 });
    let last = '';
    let since = Date.now();
    const isQuiet = async () => {
      const { sent, behind } = await syncState();
      if (sent !== last || behind.length) since = Date.now();
      last = sent;
      if (behind.length) throw new Error(`behind: ${behind.join(', ')}`);
      return Date.now() - since >= quiet;
    };
    await eventually('the proxies to take over the configuration', isQuiet, { within, every: 50 });
  }

  /** The pods of a workload, `namespace/name`. */
  async pods(workload: string): Promise<KubeObject[]> {
    const [namespace, name] = workload.split('/');
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    return pods.filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === name && !metadata.deletionTimestamp);
  }

  /** Makes a call. */
  async call(options: CallOptions): Promise<CallResult> {
    return makeCall(options, await this.podOf(options.from), await this.podsByAddress());
  }

  /** Makes many equal calls at a steady pace; throws with the log lines of those that failed. */
  async load(options: CallOptions, pace: Omit<Load, 'call'>): Promise<void> {
    const [namespace, name] = (await this.podOf(options.from)).split('/');
    const mark = markLogs();
    const call = { ...options, id: `load-${Date.now()}` };
    const { outcomes, failed } = await ask<LoadResult>(appSocket(namespace, name), '/load', { ...pace, call });
    if (!failed.length) return;
    const lines = linesSince(mark).filter(({ line }) => failed.includes(line.call ?? ''));
    const shown = lines.slice(0, 12).map(({ pod, line }) => `  ${pod} ${JSON.stringify(line)}`);
    throw new Error(
      [`${failed.length} of ${pace.count} calls failed: ${JSON.stringify(outcomes)}`, ...shown].join('\n'),
    );
  }

  /** Repeats calls, such as may not get outside or may not fail, until the watch ends. */
  async watch(calls: CallOptions[]): Promise<Watch> {
    return new Watch(
      await Promise.all(calls.map(async ({ from, ...call }) => ({ pod: await this.podOf(from), call }))),
    );
  }

  /**
   * Makes a call until it is as expected, or the time is up. Policies reach established connections a moment later; and where a proxy waits
   * for a Secret that does not come, Envoy holds whatever else is new to it for 15 s.
   */
  async expect(call: CallOptions, expected: Expectation, options: PollOptions = {}): Promise<CallResult> {
    let result: CallResult | undefined;
    let found: string[] = [];
    try {
      return await eventually(
        'expected call',
        async () => {
          result = await this.call(call);
          found = differences(expected, result);
          return found.length === 0 && result;
        },
        { within: 25_000, every: 250, ...options },
      );
    } catch (error) {
      if (!result) throw error;
      throw new Error(`${found.join('\n')}\n${await this.explain(result)}`);
    }
  }

  /** What happened to a call, with what the proxies on its way know about its host. */
  async explain(result: CallResult): Promise<string> {
    const host = new URL(result.call.url).hostname;
    const proxies = [...new Set([result.pod, ...result.hops.map(({ pod }) => pod)])];
    const texts = await Promise.all(
      proxies.map(async (pod) => {
        const config = await configFor(host, pod).catch((error: Error) => error.message);
        return `  configuration of ${pod} that names ${host}:\n${config.replace(/^/gm, '    ')}`;
      }),
    );
    return [describe(result), ...texts].join('\n');
  }

  /** Removes everything that was applied, so that the next suite starts in an empty mesh. External servers stay. */
  async reset(): Promise<void> {
    await empty();
    await this.configure('REGISTRY_ONLY');
  }

  /** Replaces a workload's pods one after the other, each with its grace period; resolves when the new ones are ready. */
  async restart(workload: string): Promise<void> {
    for (const { metadata } of await this.pods(workload)) {
      await this.kubectl(['delete', 'pod', metadata.name, '-n', metadata.namespace!, '--wait=true']);
      await this.ready();
    }
  }

  /** Ends the proxy of a pod at once, as a crash would; the kubelet starts it again. */
  async killProxy(pod: string): Promise<void> {
    const [namespace, name] = pod.split('/');
    await killUser(podNetns(namespace, name), PROXY_USER);
  }

  /** Runs a command in a workload's first pod, as its root; it may fail, which its code tells. */
  async exec(workload: string, command: string[], env: Record<string, string> = {}): Promise<RunResult> {
    const [namespace, name] = (await this.podOf(workload)).split('/');
    const inPod = ['ip', 'netns', 'exec', podNetns(namespace, name), ...command];
    return run(inPod, { env: plainEnvironment(env), mayFail: true });
  }

  /** Those of some TCP ports, `address:port`, that packets of a workload's pod get to, past its proxy: open or not, somebody answers. */
  async scan(workload: string, targets: string[]): Promise<string[]> {
    const { stdout } = await this.exec(workload, [process.execPath, join(FILES.app, 'scan.js'), ...targets]);
    return JSON.parse(stdout) as string[];
  }

  /** Ends the OPA of a pod for good. */
  async killOpa(pod: string): Promise<void> {
    const [namespace, name] = pod.split('/');
    await killProgram(podNetns(namespace, name), 'opa');
  }

  /** Changes what sidecars do with hosts that nobody declared. */
  async outbound(mode: OutboundMode): Promise<void> {
    await this.configure(mode);
  }

  /** Ends istiod at once and starts it again, with environment variables over the bed's own until the next restart. */
  async restartIstiod(settings: Record<string, string> = {}): Promise<void> {
    await killIstiod();
    await startIstiod(this.parts, settings);
  }

  private async podOf(workload: string): Promise<string> {
    const [pod] = await this.pods(workload);
    if (!pod) throw new Error(`no pod of workload ${workload}; workloads are named namespace/name`);
    return `${pod.metadata.namespace}/${pod.metadata.name}`;
  }

  private async podsByAddress(): Promise<PodsByAddress> {
    const pods = await api.list('/api/v1/pods');
    return new Map(
      pods.map(({ metadata, status }) => [
        status?.podIP,
        {
          pod: `${metadata.namespace}/${metadata.name}`,
          proxy: metadata.annotations?.['bed/proxy'] as ProxyRole | undefined,
        },
      ]),
    );
  }
}

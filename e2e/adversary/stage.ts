import { EDGE, EXITS, meshConfig } from './app';
import { CALLERS, HOSTS } from './story';
import { api } from '../bed/api';
import { Answer, Call } from '../bed/app/call';
import { InternetRecord } from '../bed/internet/record';
import { FILES, appSocket } from '../bed/layout';
import { ask } from '../bed/socket';
import { Mesh } from '../world/mesh';

/** The attacker's server outside. */
export const EVIL = 'evil.example';

const DNS = { 'proxy.istio.io/config': 'proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" }' };
const SERVED = [
  { port: 80, protocol: 'http' },
  { port: 8080, protocol: 'http' },
  { port: 443, protocol: 'https' },
  { port: 5432, protocol: 'tcp' },
] as const;

/** A call of a volley. */
export type Shot = Omit<Call, 'id'> & { readonly from: string };

/** What came of it: for its caller, and what arrived outside. */
export interface Hit {
  readonly answer: Answer;
  readonly arrivals: InternetRecord[];
}

/** The mesh in which all stories are played: callers, exits' namespaces and servers outside. */
export class Stage {
  static async set(mesh: Mesh): Promise<Stage> {
    await mesh.configure('REGISTRY_ONLY', meshConfig());
    for (const { namespace } of Object.values(EXITS)) await mesh.namespace(namespace);
    for (const name of ['pay', 'shop', 'stranger']) await mesh.namespace(name);
    await mesh.namespace('agents', { labels: { 'istio.io/dataplane-mode': 'ambient' } });
    await mesh.namespace('plain', { injection: false });
    for (const caller of CALLERS) {
      const [namespace, name] = caller.split('/');
      await mesh.workload({ namespace, name, annotations: DNS });
    }
    const addresses = new Map<string, string>();
    const ports = [...SERVED];
    for (const host of [...HOSTS.filter((one) => !one.startsWith('*')), 'undeclared.example', EVIL]) {
      addresses.set(host, (await mesh.external({ hosts: [host], ports })).addresses[0]);
    }
    const edge = await mesh.external({ hosts: [EDGE, '*.wikipedia.org'], ports });
    addresses.set('*.wikipedia.org', edge.addresses[0]);
    addresses.set('x.wikipedia.org', edge.addresses[0]);
    return new Stage(mesh, addresses);
  }

  private pods = new Map<string, string>();
  private exits = new Set<string>();
  private shots = 0;

  private constructor(
    readonly mesh: Mesh,
    readonly addresses: ReadonlyMap<string, string>,
  ) {}

  /** Learns where everybody is now. */
  async look(): Promise<void> {
    const pods = await api.list('/api/v1/pods');
    const running = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
    this.pods = new Map(
      running.map(({ metadata }) => [`${metadata.namespace}/${metadata.ownerReferences?.[0]?.name}`, metadata.name]),
    );
    const namespaces = Object.values(EXITS).map(({ namespace }) => namespace);
    const atExits = running.filter(({ metadata }) => namespaces.includes(metadata.namespace!));
    this.exits = new Set(atExits.map(({ status }) => status?.podIP));
  }

  /** Whether something outside came from an exit's pod. */
  isFromExit({ from }: InternetRecord): boolean {
    return this.exits.has(from.split(':')[0]);
  }

  /** Makes calls at the same time, and tells what arrived of each. */
  async volley(shots: Shot[], atOnce = 8): Promise<Hit[]> {
    const { records: before } = await ask<{ records: number }>(FILES.internet, '/count');
    const ids = shots.map(() => `shot-${this.shots++}`);
    const answers: Answer[] = [];
    const queue = shots.map((_, index) => index);
    const shoot = async () => {
      for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
        answers[index] = await this.shoot(shots[index], ids[index]);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, shoot));
    const records = await ask<InternetRecord[]>(FILES.internet, `/records/${before}`);
    const arrived = records.filter(({ kind }) => kind !== 'connection');
    return ids.map((id, index) => ({ answer: answers[index], arrivals: arrived.filter(({ call }) => call === id) }));
  }

  private async shoot({ from, ...call }: Shot, id: string): Promise<Answer> {
    const [namespace] = from.split('/');
    const pod = this.pods.get(from);
    if (!pod) throw new Error(`no pod of ${from}`);
    return ask<Answer>(appSocket(namespace, pod), '/', { timeout: 3000, ...call, id });
  }
}

import { resolve } from 'node:path';
import { certificateOf, EDGE, EXITS, meshConfig } from './app';
import { ALIASES, BELOW, CALLERS, SERVERS } from './story';
import { ask as askEngine, Said } from '../answers/ask';
import { Around, disagreement } from '../answers/compare';
import { dump } from '../answers/dump';
import { api } from '../bed/api';
import { Answer, Call } from '../bed/app/call';
import { InternetRecord } from '../bed/internet/record';
import { FILES, appSocket } from '../bed/layout';
import { ask } from '../bed/socket';
import { externalServers } from '../world/external';
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

/** As `istioctl install` makes it. */
const INGRESS_GATEWAY = resolve(__dirname, '../worlds/before/ingress-gateway.yaml');
const INGRESS_NAMESPACE = 'istio-system';

/** Whose pod something outside came from. */
export type Source = (record: InternetRecord) => 'exit' | 'ingress' | 'caller';

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
    await mesh.apply(INGRESS_GATEWAY);
    for (const alias of ALIASES) await mesh.serverCertificate(`${INGRESS_NAMESPACE}/${certificateOf(alias)}`, [alias]);
    const addresses = new Map<string, string>();
    const ports = [...SERVED];
    for (const host of [...SERVERS, EVIL]) {
      addresses.set(host, (await mesh.external({ hosts: [host], ports })).addresses[0]);
    }
    const edge = await mesh.external({ hosts: [EDGE, '*.wikipedia.org'], ports });
    addresses.set('*.wikipedia.org', edge.addresses[0]);
    addresses.set(BELOW, edge.addresses[0]);
    return new Stage(mesh, addresses);
  }

  private pods = new Map<string, string>();
  private around: Around = { pods: new Map(), servers: [] };
  private exits = new Set<string>();
  private ingress = new Set<string>();
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
    const addressesIn = (namespaces: string[], isMeant: (name: string) => boolean = () => true) =>
      new Set(
        running
          .filter(({ metadata }) => namespaces.includes(metadata.namespace!) && isMeant(metadata.name))
          .map(({ status }) => status?.podIP as string),
      );
    const byAddress = running.map(({ metadata, status }): [string, string] => [
      status?.podIP,
      `${metadata.namespace}/${metadata.ownerReferences?.[0]?.name}`,
    ]);
    this.around = { pods: new Map(byAddress), servers: externalServers() };
    this.exits = addressesIn(Object.values(EXITS).map(({ namespace }) => namespace));
    this.ingress = addressesIn([INGRESS_NAMESPACE], (name) => name.startsWith('istio-ingressgateway'));
  }

  /** Whose pod something outside came from. */
  readonly sourceOf: Source = ({ from }) => {
    const [address] = from.split(':');
    if (this.exits.has(address)) return 'exit';
    return this.ingress.has(address) ? 'ingress' : 'caller';
  };

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

  /** Asks the engine what becomes of calls as everything stands now. @returns what it says, and in what it is wrong about those that were made */
  async engineOn(shots: Shot[], hits: Hit[]): Promise<{ said: Said; wrong?: string }[]> {
    const outside = Object.fromEntries(
      this.around.servers.flatMap(({ hosts, addresses }) => hosts.map((host) => [host, addresses[0]])),
    );
    const answers = await askEngine(await dump(), outside, shots);
    return answers.map((said, at) => ({ said, wrong: disagreement(shots[at], said, hits[at], this.around) }));
  }

  private async shoot({ from, ...call }: Shot, id: string): Promise<Answer> {
    const [namespace] = from.split('/');
    const pod = this.pods.get(from);
    if (!pod) throw new Error(`no pod of ${from}`);
    return ask<Answer>(appSocket(namespace, pod), '/', { timeout: 3000, ...call, id });
  }
}

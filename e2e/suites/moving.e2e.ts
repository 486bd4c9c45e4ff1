/** From sidecars to ambient, in the order of docs/sidecar-to-ambient.md: who is there works at every step, nobody else gets out. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { Flux } from './flux';
import { EgressClient, EgressGateway, EgressWaypoint, HttpEgress, EgressExit } from '../../src';
import { synthesize } from '../../tools/examples';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { documentsOf } from '../world/manifests';
import { Mesh } from '../world/mesh';
import { WatchResult } from '../world/watch';

const mesh = Mesh.attach();
let flux: Flux;

const GATEWAY = 'istio-egress/istio-egress';
const WAYPOINT = 'istio-egress/egress-waypoint';
const AMBIENT = { labels: { 'istio.io/dataplane-mode': 'ambient' } };

const BANK = 'api.bank.example';
const http = (from: string): CallOptions => ({ from, url: `http://${BANK}/`, timeout: 3000 });
const https = (from: string): CallOptions => ({ from, url: `https://${BANK}/`, timeout: 3000 });
const both = (from: string) => [http(from), https(from)];

const PAYMENTS = 'payments/checkout';
const SHOP = 'shop/web';
/** Nobody has declared anything for them. */
const NEWSROOM = 'newsroom/reader';
const BYSTANDER = 'bystander/idle';

/** What a caller's calls come to at one of the exits. */
async function leavesBy(exit: string, from: string): Promise<void> {
  const way: Expectation = { outcome: 'allowed', status: 200, through: [exit], hop: 'mutual', upstream: 'tls' };
  await mesh.expect(http(from), { ...way, identity: from, tlsBy: exit, meshHeaders: 'hidden' });
  await mesh.expect(https(from), { ...way, tlsBy: 'caller' });
}

async function isRefused(from: string, by: string): Promise<void> {
  await mesh.expect(http(from), { outcome: 'refused', by });
  await mesh.expect(https(from), { outcome: 'refused', by, outside: by === 'sidecar' ? 'nothing' : 'connection' });
}

/** The example at one of its stages. */
function stage(name: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'egress-'));
  try {
    synthesize('sidecar-to-ambient', join(folder, 'dist'), join(folder, 'install'), { STAGE: name });
    return documentsOf(join(folder, 'dist'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function addressesOf(...workloads: string[]): Promise<string[]> {
  const pods = await Promise.all(workloads.map(async (workload) => mesh.pods(workload)));
  return pods.flat().map(({ status }) => status!.podIP as string);
}

interface Meanwhile {
  /** Calls of which none may fail. */
  readonly settled: CallOptions[];
  /** Calls that may fail, while their callers move. */
  readonly moving?: CallOptions[];
  /** Calls of which none may arrive. */
  readonly forbidden: CallOptions[];
}

/** Does a step of the move, and looks what becomes of calls meanwhile. Whatever arrives must have come from an exit. */
async function step({ settled, moving = [], forbidden }: Meanwhile, action: () => Promise<void>): Promise<void> {
  const exits = await addressesOf(GATEWAY, WAYPOINT);
  const [works, may, never] = await Promise.all([settled, moving, forbidden].map(async (calls) => mesh.watch(calls)));
  const ends = async () => Promise.all([works, may, never].map(async (watch) => watch.end()));
  let results: WatchResult[] = [];
  try {
    await action();
    exits.push(...(await addressesOf(GATEWAY, WAYPOINT)));
  } finally {
    results = await ends();
  }
  const [working, movers, forbiddenOnes] = results;
  expect(working.outcomes).toEqual({ 200: working.calls });
  expect(forbiddenOnes.arrived).toEqual([]);
  const from = [...working.arrived, ...movers.arrived].map((record) => record.from.split(':')[0]);
  expect(from.filter((address) => !exits.includes(address))).toEqual([]);
}

/** Turns a namespace over: its pods are enrolled when they are made again. */
async function enrol(namespace: string, workload: string): Promise<void> {
  await mesh.namespace(namespace, AMBIENT);
  await mesh.restart(workload);
}

async function furnish(): Promise<void> {
  flux = new Flux(mesh);
  const install = join(__dirname, '../../install/sidecar-to-ambient/mesh-config.yaml');
  await mesh.configure('REGISTRY_ONLY', parse(readFileSync(install, 'utf8')) as object);
  await mesh.external({ hosts: [BANK] });
  for (const namespace of ['istio-egress', 'payments', 'shop', 'newsroom']) await mesh.namespace(namespace);
  await mesh.namespace('bystander', AMBIENT);
  for (const workload of [PAYMENTS, SHOP, NEWSROOM, BYSTANDER]) {
    const [namespace, name] = workload.split('/');
    await mesh.workload({ namespace, name });
  }
  await mesh.ready();
}

describe('two namespaces that call by HTTP and by TLS of their own', () => {
  beforeAll(async () => {
    await furnish();
    await flux.reconcile(stage('before'));
  }, 180_000);
  afterAll(async () => mesh.reset());

  test('before: everybody declared leaves by the gateway', async () => {
    await leavesBy(GATEWAY, PAYMENTS);
    await leavesBy(GATEWAY, SHOP);
    await isRefused(NEWSROOM, 'sidecar');
  });

  test('the waypoint is made: nobody notices', async () => {
    const settled = [...both(PAYMENTS), ...both(SHOP)];
    await step({ settled, forbidden: both(NEWSROOM) }, async () => flux.reconcile(stage('ready')));
    await leavesBy(GATEWAY, PAYMENTS);
  });

  // Until the host's entry names the waypoint, ztunnel carries what comes to the entry's ports straight out.
  test('a waypoint that serves nobody closes the host to no ambient namespace', async () => {
    await mesh.expect(https(BYSTANDER), { outcome: 'allowed', through: [], tlsBy: 'caller' });
  });

  test('the first declaration moves: what stays notices nothing, pods that have not moved find no way', async () => {
    await step({ settled: both(SHOP), moving: both(PAYMENTS), forbidden: both(NEWSROOM) }, async () =>
      flux.reconcile(stage('during')),
    );
    await isRefused(PAYMENTS, 'sidecar');
    await isRefused(BYSTANDER, WAYPOINT);
  });

  test('and its namespace with it: both kinds of client reach the host, nobody else does', async () => {
    const forbidden = [...both(NEWSROOM), ...both(BYSTANDER)];
    await step({ settled: both(SHOP), moving: both(PAYMENTS), forbidden }, async () => enrol('payments', PAYMENTS));
    await leavesBy(WAYPOINT, PAYMENTS);
    await leavesBy(GATEWAY, SHOP);
    await isRefused(NEWSROOM, 'sidecar');
    await isRefused(BYSTANDER, WAYPOINT);
  });

  test('going back is the same in the other direction', async () => {
    const forbidden = both(NEWSROOM);
    await step({ settled: both(SHOP), moving: both(PAYMENTS), forbidden }, async () => {
      await flux.reconcile(stage('ready'));
      await mesh.namespace('payments');
      await mesh.restart(PAYMENTS);
    });
    await leavesBy(GATEWAY, PAYMENTS);
    await step({ settled: both(SHOP), moving: both(PAYMENTS), forbidden }, async () => {
      await flux.reconcile(stage('during'));
      await enrol('payments', PAYMENTS);
    });
    await leavesBy(WAYPOINT, PAYMENTS);
  });

  test('the next one follows', async () => {
    const forbidden = [...both(NEWSROOM), ...both(BYSTANDER)];
    await step({ settled: both(PAYMENTS), moving: both(SHOP), forbidden }, async () => {
      await flux.reconcile(stage('moved'));
      await enrol('shop', SHOP);
    });
    await leavesBy(WAYPOINT, PAYMENTS);
    await leavesBy(WAYPOINT, SHOP);
  });

  test('the gateway goes: no call fails', async () => {
    const settled = [...both(PAYMENTS), ...both(SHOP)];
    const forbidden = [...both(NEWSROOM), ...both(BYSTANDER)];
    await step({ settled, forbidden }, async () => flux.reconcile(stage('after')));
    expect(await mesh.pods(GATEWAY)).toEqual([]);
    await leavesBy(WAYPOINT, SHOP);
    await isRefused(NEWSROOM, 'sidecar');
    await isRefused(BYSTANDER, WAYPOINT);
  });

  // Why the example says `replaces`: of two entries the older one counts, and the policy is on the newer.
  test('with names of the waypoint’s own, calls would be refused until what is gone is pruned', async () => {
    const renamed = stage('after').map((document) =>
      document.replaceAll(`istio-egress.${BANK}`, `egress-waypoint.${BANK}`),
    );
    await flux.apply(renamed);
    await mesh.expect(http(SHOP), { outcome: 'refused', status: 403, by: WAYPOINT });
    await flux.reconcile(renamed);
    await leavesBy(WAYPOINT, SHOP);
  });
});

describe('a namespace that calls by HTTP alone', () => {
  const clients = [EgressClient.namespace('payments')];

  /** A gateway and a waypoint beside it, and the namespace's declaration through one of them or both. */
  function through(...ways: ('gateway' | 'waypoint')[]): string[] {
    const app = Testing.app() as App;
    const platform = new Chart(app, 'platform');
    const gateway = new EgressGateway(platform, 'Exit');
    const exits: Record<string, EgressExit> = {
      gateway,
      waypoint: new EgressWaypoint(platform, 'Waypoint', { beside: gateway }),
    };
    const payments = new Chart(app, 'payments');
    for (const way of ways) new HttpEgress(payments, `By-${way}`, { hosts: [BANK], exit: exits[way], clients });
    return app.charts.flatMap((chart) => chart.toJson()).map((object) => JSON.stringify(object));
  }

  const MOVED = 'payments/courier';
  const leaves = async (from: string, exit: string) =>
    mesh.expect(http(from), { outcome: 'allowed', status: 200, through: [exit], hop: 'mutual', identity: from });

  beforeAll(async () => {
    await furnish();
    await flux.reconcile(through('gateway'));
  }, 180_000);
  afterAll(async () => mesh.reset());

  test('moves without a call that fails, while it is declared through both exits', async () => {
    const forbidden = [http(NEWSROOM)];
    await leaves(PAYMENTS, GATEWAY);
    await step({ settled: [http(PAYMENTS)], forbidden }, async () => {
      await flux.reconcile(through('gateway', 'waypoint'));
      await mesh.namespace('payments', AMBIENT);
      // A pod of the new kind, beside one of the old, as in the middle of a rollout.
      await mesh.workload({ namespace: 'payments', name: 'courier' });
      await mesh.ready();
      await leaves(MOVED, WAYPOINT);
    });
    await leaves(PAYMENTS, GATEWAY);
    await step({ settled: [http(MOVED)], moving: [http(PAYMENTS)], forbidden }, async () => {
      await mesh.restart(PAYMENTS);
      await flux.reconcile(through('waypoint'));
    });
    await leaves(PAYMENTS, WAYPOINT);
  });
});

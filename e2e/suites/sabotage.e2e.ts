import { parse } from 'yaml';
import { EXIT, attack } from './attacks';
import { example } from './examples';
import { prepare } from '../prove/prove';
import { CallOptions } from '../world/call';
import { virtualHosts } from '../world/config';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const given = example('dist/tls-origination');

const CHECKOUT: CallOptions = { from: 'payments/checkout', url: 'http://api.stripe.com/v1/charges', timeout: 2000 };
const THROUGH: Expectation = {
  outcome: 'allowed',
  status: 200,
  through: [EXIT],
  upstream: 'tls',
  server: 'api.stripe.com',
};

/** A recipe broken on purpose, and the call that must show it. */
interface Sabotage {
  readonly title: string;
  /** Changes an object of the example; answers `undefined` to leave it out. */
  readonly change: (object: any) => any;
  readonly call: CallOptions;
  /** What the sound recipe comes to. */
  readonly expected: Expectation;
  /** How the suites complain. */
  readonly complaint: RegExp;
  /** What another team had applied before. */
  readonly before?: () => object[];
  /** What the mesh has otherwise than it should. */
  readonly meshConfig?: object;
}

const isExitHop = (object: any) => object.metadata.namespace === 'istio-egress';

/** How sidecars connect to the exit. */
const isHopRule = ({ kind, spec }: any) => kind === 'DestinationRule' && spec.host.endsWith('.svc.cluster.local');

/** Changes the TLS settings of every subset. */
function withTls(object: any, change: (tls: any) => any): any {
  if (object.kind !== 'DestinationRule' || isHopRule(object)) return object;
  const subsets = object.spec.subsets.map((subset: any) => ({
    ...subset,
    trafficPolicy: { ...subset.trafficPolicy, tls: change(subset.trafficPolicy.tls) },
  }));
  return { ...object, spec: { ...object.spec, subsets } };
}

/** Has sidecars send plain text to the exit. */
function withoutHopTls({ spec, ...rest }: any): any {
  const portLevelSettings = spec.trafficPolicy.portLevelSettings.map((one: any) => ({
    ...one,
    tls: { mode: 'DISABLE' },
  }));
  return { ...rest, spec: { ...spec, trafficPolicy: { portLevelSettings } } };
}

/** Shows the exit hop to every namespace. */
function exported(object: any): any {
  return isExitHop(object) && object.spec?.exportTo ? { ...object, spec: { ...object.spec, exportTo: ['*'] } } : object;
}

/** Lets VirtualServices of every namespace bind to the exit. */
function openGateway(object: any): any {
  if (object.kind !== 'Gateway') return object;
  const servers = object.spec.servers.map((server: any) => ({ ...server, hosts: ['*'] }));
  return { ...object, spec: { ...object.spec, servers } };
}

/** With a condition, because istiod puts routes without one behind all others. */
const takeOver = attack('a VirtualService bound to the exit’s Gateway for the granted host').manifests!({}).map(
  (object: any) =>
    object.kind === 'VirtualService'
      ? { ...object, spec: { ...object.spec, http: [{ ...object.spec.http[0], match: [{ uri: { prefix: '/v1' } }] }] } }
      : object,
);
const bind = attack('a VirtualService bound to the exit’s Gateway for a host of its own').manifests!({});

const SABOTAGES: Sabotage[] = [
  {
    title: 'without the policies',
    change: (object) => (object.kind === 'AuthorizationPolicy' ? undefined : object),
    call: { ...CHECKOUT, from: 'payments/report' },
    expected: { outcome: 'refused', status: 403, by: EXIT },
    complaint: /outcome: expected refused, got answered from outside/,
  },
  {
    title: 'with an exit hop that is exported to everybody',
    change: exported,
    call: { from: 'bystander/idle', url: 'https://api.stripe.com/', timeout: 2000 },
    expected: { outcome: 'refused', by: 'sidecar' },
    complaint: /outcome: expected refused, got answered from outside/,
  },
  {
    title: 'with another name to verify and to ask for',
    change: (object) => withTls(object, (tls) => ({ ...tls, sni: 'other.example.com' })),
    call: CHECKOUT,
    expected: THROUGH,
    complaint: /outcome: expected allowed, got status 503/,
  },
  {
    title: 'without TLS to the outside',
    change: (object) => withTls(object, () => ({ mode: 'DISABLE' })),
    call: CHECKOUT,
    expected: THROUGH,
    complaint: /outcome: expected allowed/,
  },
  {
    title:
      'with a Gateway that any namespace may bind to, an exit hop that is exported to everybody, and ServiceEntries that count everywhere',
    change: (object) => exported(openGateway(object)),
    before: () => takeOver,
    meshConfig: { serviceEntryVisibility: undefined },
    call: CHECKOUT,
    expected: THROUGH,
    complaint: /server: expected api.stripe.com, got evil.example.org/,
  },
  {
    title: 'without mutual TLS on the hop',
    change: (object) => (isHopRule(object) ? withoutHopTls(object) : object),
    call: CHECKOUT,
    expected: THROUGH,
    complaint: /outcome: expected allowed/,
  },
];

describe('the suites turn red for an example', () => {
  beforeAll(async () => {
    await mesh.external({ hosts: ['evil.example.org'] });
  });
  afterEach(async () => mesh.reset());

  async function stageBroken(change: Sabotage['change']) {
    const broken = given.documents
      .map((document) => change(parse(document)))
      .filter(Boolean)
      .map((object) => JSON.stringify(object));
    await prepare(mesh, given.world, broken);
  }

  it.each(SABOTAGES)('$title', async ({ change, call, expected, complaint, before, meshConfig }) => {
    if (meshConfig) await mesh.configure('REGISTRY_ONLY', meshConfig);
    if (before) {
      await mesh.namespace('mallory');
      await mesh.apply(before());
    }
    await stageBroken(change);
    await expect(mesh.expect(call, expected, { within: 1000 })).rejects.toThrow(complaint);
  });

  // The policy still refuses its calls, and the exit's own routes win because they are private: only the configuration shows it.
  it('with a Gateway that any namespace may bind to', async () => {
    await mesh.namespace('mallory');
    await mesh.apply(bind);
    await stageBroken(openGateway);
    const [{ metadata }] = await mesh.pods(EXIT);
    expect(await virtualHosts(`istio-egress/${metadata.name}`)).toContain('evil.example.org');
  });
});

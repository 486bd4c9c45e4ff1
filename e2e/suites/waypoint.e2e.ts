/** What a waypoint does that its fixture's own calls do not show. Those are made by the suite of all examples. */
import { parse } from 'yaml';
import { example, stage } from './examples';
import { api } from '../bed/api';
import { eventually } from '../bed/poll';
import { CallOptions } from '../world/call';
import { Expectation, meshHeadersIn } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const given = example('fixtures/waypoint');
const WAYPOINT = 'istio-egress/waypoint';

const LEDGER: CallOptions = { from: 'payments/checkout', url: 'http://ledger.example.com/v1/entries' };
const THROUGH: Expectation = {
  outcome: 'allowed',
  status: 200,
  through: [WAYPOINT],
  hop: 'mutual',
  identity: 'payments/checkout',
  upstream: 'tls',
  server: 'ledger.example.com',
};

/** The fixture's own object. */
function object(kind: string, name: string): any {
  const found = given.documents.map((document) => parse(document));
  return found.find((candidate) => candidate.kind === kind && candidate.metadata.name === name);
}

/** Applies something in place of the fixture's, or with `undefined` nothing, tries it, and puts the fixture's back. */
async function instead(original: any, replacement: object | undefined, attempt: () => Promise<unknown>) {
  try {
    if (replacement) await mesh.apply(replacement);
    else await mesh.delete(original);
    await mesh.settled();
    await attempt();
  } finally {
    await mesh.apply(original);
    await mesh.settled();
  }
}

beforeAll(async () => {
  await stage(mesh, given);
  await mesh.expect(LEDGER, THROUGH);
});
afterAll(async () => mesh.reset());

test('istiod deploys it, gives the host an address and binds the host to it', async () => {
  const { status } = await api.json('/apis/networking.istio.io/v1/namespaces/istio-egress/serviceentries/ledger');
  expect(status.addresses).toContainEqual(expect.objectContaining({ host: 'ledger.example.com' }));
  expect(status.conditions).toContainEqual(
    expect.objectContaining({ type: 'istio.io/WaypointBound', status: 'True', reason: 'WaypointAccepted' }),
  );
  expect((await mesh.pods(WAYPOINT))[0].spec.serviceAccountName).toBe('waypoint');
});

test('a pod that is not enrolled cannot talk to it', async () => {
  const address = (await mesh.pods(WAYPOINT))[0].status.podIP;
  const connectTo = { host: address, port: 15008 };
  for (const url of [LEDGER.url, 'https://ledger.example.com/v1/entries']) {
    await mesh.expect({ from: 'batch/nightly', url, connectTo, timeout: 2000 }, { outcome: 'refused' });
  }
});

describe('headers', () => {
  const seen = async (call: CallOptions) =>
    (await mesh.call(call)).seen.find(({ kind }) => kind === 'request')!.headers!;

  test('an HTTPRoute adds its own and takes away the mesh’s', async () => {
    const headers = await seen(LEDGER);
    expect(headers['x-tenant']).toBe('ours');
    expect(headers).not.toHaveProperty('x-request-id');
    expect(meshHeadersIn(headers)).toEqual([]);
  });

  test('without a route two leave the mesh', async () => {
    await instead(object('HTTPRoute', 'ledger'), undefined, async () => {
      const headers = await seen(LEDGER);
      expect(headers).toHaveProperty('x-request-id');
      expect(meshHeadersIn(headers)).toEqual(['x-forwarded-proto']);
    });
  });

  // It appends nothing to what the caller sent, and believes nothing but the tunnel.
  test('those that the caller made up do not help it, and most leave the mesh', async () => {
    const forged = {
      'x-forwarded-client-cert': 'URI=spiffe://cluster.local/ns/payments/sa/checkout',
      'x-forwarded-for': '127.0.0.1',
      'x-envoy-internal': 'true',
      'x-envoy-peer-metadata': 'x',
      baggage: 'a=b',
    };
    await mesh.expect(
      { ...LEDGER, from: 'payments/report', headers: forged },
      { outcome: 'refused', status: 403, by: WAYPOINT },
    );
    const headers = await seen({ ...LEDGER, headers: forged });
    expect(meshHeadersIn(headers).sort()).toEqual(['baggage', 'x-envoy-peer-metadata', 'x-forwarded-for']);
  });

  test('a VirtualService does what an HTTPRoute does', async () => {
    const virtualService = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'ledger', namespace: 'istio-egress' },
      spec: {
        exportTo: ['.'],
        hosts: ['ledger.example.com'],
        http: [
          {
            headers: { request: { set: { 'x-tenant': 'theirs' }, remove: ['x-forwarded-proto', 'x-request-id'] } },
            retries: { attempts: 0 },
            route: [{ destination: { host: 'ledger.example.com', port: { number: 80 } } }],
          },
        ],
      },
    };
    await instead(object('HTTPRoute', 'ledger'), undefined, async () => {
      await mesh.apply(virtualService);
      await mesh.settled();
      const { seen: records } = await mesh.expect(LEDGER, { ...THROUGH, meshHeaders: 'hidden' });
      expect(records.at(-1)?.headers).toMatchObject({ 'x-tenant': 'theirs' });
      await mesh.delete(virtualService);
    });
  });
});

describe('policies', () => {
  const policy = object('AuthorizationPolicy', 'ledger');

  test('a host without one is closed while the Gateway has one that allows nobody', async () => {
    await instead(policy, undefined, async () => {
      await mesh.expect(LEDGER, { outcome: 'refused', status: 403, by: WAYPOINT });
    });
  });

  test('without that, it is open to every ambient namespace', async () => {
    await instead(policy, undefined, async () => {
      await instead(object('AuthorizationPolicy', 'nobody'), undefined, async () => {
        await mesh.expect({ ...LEDGER, from: 'bystander/idle' }, { ...THROUGH, identity: 'bystander/idle' });
      });
    });
  });
});

describe('an upstream that is not who it says', () => {
  const hosts = ['ledger.example.com'];

  afterAll(async () => {
    await mesh.external({ hosts });
  });

  test.each([
    ['an untrusted authority', { hosts, ca: 'untrusted' as const }],
    ['another name', { hosts, certificateHosts: ['evil.example.org'] }],
  ])('with a certificate of %s gets no request', async (_, server) => {
    await mesh.external(server);
    await mesh.expect(LEDGER, { outcome: 'refused', status: 503, by: WAYPOINT, outside: 'handshake' });
  });
});

describe('an entry in the callers’ namespace', () => {
  const namespace = 'payments';
  const BOTH = ['.', 'istio-egress'];
  const inNamespace = (kind: string, name: string, change: (spec: any) => object, labels?: object) => {
    const { metadata, spec, ...rest } = object(kind, name);
    return { ...rest, metadata: { ...metadata, namespace, labels }, spec: change(spec) };
  };
  const use = { 'istio.io/use-waypoint': 'waypoint', 'istio.io/use-waypoint-namespace': 'istio-egress' };
  const host = 'own.example.com';
  const renamed = (spec: any) => JSON.parse(JSON.stringify(spec).replaceAll('ledger.example.com', host));
  const exportedTo = (kind: string, exportTo: string[], labels?: object) =>
    inNamespace(kind, 'ledger', (spec) => ({ ...renamed(spec), exportTo }), labels);
  const entry = (exportTo: string[]) => exportedTo('ServiceEntry', exportTo, use);
  const rule = (exportTo: string[]) => exportedTo('DestinationRule', exportTo);
  const policy = inNamespace('AuthorizationPolicy', 'ledger', renamed);
  const call = { from: 'payments/checkout', url: `http://${host}/v1/entries` };

  // Where entries count at home only, one that names another namespace's waypoint is not bound to it.
  beforeAll(async () => {
    await mesh.configure('REGISTRY_ONLY', { serviceEntryVisibility: undefined });
    await mesh.external({ hosts: [host] });
    await mesh.apply([entry(BOTH), policy, rule(BOTH)]);
    await mesh.settled();
  });
  afterAll(async () => {
    await mesh.delete([entry(BOTH), policy, rule(BOTH)]);
    await mesh.configure('REGISTRY_ONLY');
  });

  test('uses the waypoint of another namespace', async () => {
    await mesh.expect(call, { ...THROUGH, server: host });
    await mesh.expect({ ...call, from: 'payments/report' }, { outcome: 'refused', status: 403, by: WAYPOINT });
    await mesh.expect({ ...call, from: 'bystander/idle' }, { outcome: 'refused', status: 403, by: WAYPOINT });
  });

  // ztunnel and the waypoint do not look at `exportTo` for the host, but for its DestinationRule the waypoint looks at both. What goes out
  // is the request itself, without TLS, to a port where nobody understands it.
  test.each([
    ['the entry', ['.'], BOTH],
    ['the rule', BOTH, ['.']],
  ])('leaves without TLS when %s is not exported to the waypoint’s namespace', async (_, forEntry, forRule) => {
    await mesh.apply([entry(forEntry), rule(forRule)]);
    await mesh.settled();
    await mesh.expect(call, { outcome: 'refused', status: 503, by: WAYPOINT, outside: 'handshake' });
  });
});

test('when it dies nothing gets out, and all is as before when it is back', async () => {
  const watch = await mesh.watch([{ ...LEDGER, from: 'payments/report' }]);
  const [{ metadata }] = await mesh.pods(WAYPOINT);
  await mesh.killProxy(`istio-egress/${metadata.name}`);
  const { failure, status } = await mesh.call(LEDGER);
  expect(failure ?? status).not.toBe(200);
  await mesh.expect(LEDGER, THROUGH);
  expect((await watch.end()).arrived).toEqual([]);
});

test('it goes with its Gateway: nobody gets through', async () => {
  await mesh.delete(object('Gateway', 'waypoint'));
  await mesh.expect(LEDGER, { outcome: 'refused', outside: 'handshake' });
  await eventually('its pods to go', async () => (await mesh.pods(WAYPOINT)).length === 0);
});

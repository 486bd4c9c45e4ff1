import { ATTACKS, Addresses, Attack, EXIT, NOT_ENFORCED, attack } from './attacks';
import { example, stage } from './examples';
import { virtualHosts } from '../world/config';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();
const MODES = ['REGISTRY_ONLY', 'ALLOW_ANY'] as const;

/** What the granted caller gets, whatever others try. */
const GRANTED: Expectation = {
  outcome: 'allowed',
  status: 200,
  through: [EXIT],
  hop: 'mutual',
  identity: 'payments/checkout',
  upstream: 'tls',
  server: 'api.stripe.com',
};
const granted = { from: 'payments/checkout', url: 'http://api.stripe.com/v1/charges' };

const at: Addresses = {};

beforeAll(async () => {
  for (const host of ['other.example.com', 'evil.example.org']) {
    at[host] = (await mesh.external({ hosts: [host] })).addresses[0];
  }
  await stage(mesh, example('dist/tls-origination'));
  const ports = [
    { port: 80, protocol: 'http' as const },
    { port: 443, protocol: 'https' as const },
    { port: 8081, protocol: 'http' as const },
  ];
  at['api.stripe.com'] = (await mesh.external({ hosts: ['api.stripe.com'], ports })).addresses[0];
  await mesh.namespace('mallory');
  await mesh.workload({ namespace: 'mallory', name: 'evil' });
  await mesh.workload({ namespace: 'mallory', name: 'bare', sidecar: false });
  await mesh.ready();
  await mesh.settled();
  at.gateway = (await mesh.pods(EXIT))[0].status.podIP;
});

afterAll(async () => mesh.reset());

/** Makes an attempt as it was told, and looks whether the granted caller notices anything of it. */
async function attempt({ call, manifests }: Attack, expected: Expectation) {
  const objects = manifests?.(at) ?? [];
  try {
    if (objects.length) {
      await mesh.apply(objects);
      await mesh.settled();
    }
    await mesh.expect(call(at), expected);
    if (objects.length) await mesh.expect(granted, GRANTED);
  } finally {
    if (objects.length) await mesh.delete(objects);
  }
}

describe.each(MODES)('under %s', (mode) => {
  beforeAll(async () => {
    await mesh.outbound(mode);
    const outcome = mode === 'ALLOW_ANY' ? 'allowed' : 'refused';
    await mesh.expect({ from: 'bystander/idle', url: 'http://other.example.com/' }, { outcome });
  });

  it('the granted caller gets through', async () => {
    await mesh.expect(granted, GRANTED);
  });

  describe.each(Object.entries(ATTACKS))('%s', (_, attacks) => {
    it.each(attacks)('$title', async (tried: Attack) => {
      await attempt(tried, mode === 'ALLOW_ANY' ? (tried.allowAny ?? tried.expect) : tried.expect);
    });
  });
});

describe('another team’s VirtualService', () => {
  it('that names the exit’s Gateway is not bound to it', async () => {
    const hosts = async () => virtualHosts(`istio-egress/${(await mesh.pods(EXIT))[0].metadata.name}`);
    const before = await hosts();
    const objects = attack('a VirtualService bound to the exit’s Gateway for a host of its own').manifests!(at);
    await mesh.apply(objects);
    await mesh.settled();
    expect(await hosts()).toEqual(before);
    await mesh.delete(objects);
  });
});

describe('what Istio does not enforce under REGISTRY_ONLY', () => {
  beforeAll(async () => mesh.outbound('REGISTRY_ONLY'));

  it.each(NOT_ENFORCED)('$title', async (tried: Attack) => {
    await attempt(tried, tried.expect);
  });
});

describe('claims that are older than the grant', () => {
  it('take nothing from the granted caller', async () => {
    await mesh.outbound('REGISTRY_ONLY');
    await mesh.reset();
    await mesh.namespace('mallory');
    for (const { manifests } of ATTACKS['by manifests of another team']) if (manifests) await mesh.apply(manifests(at));
    await stage(mesh, example('dist/tls-origination'));
    await mesh.expect(granted, GRANTED);
  });
});

describe('an upstream that is not who it says', () => {
  const hosts = ['api.stripe.com'];

  afterAll(async () => {
    await mesh.external({ hosts });
  });

  it.each([
    ['an untrusted authority', { hosts, ca: 'untrusted' as const }],
    ['another name', { hosts, certificateHosts: ['evil.example.org'] }],
  ])('with a certificate of %s gets no request', async (_, server) => {
    await mesh.external(server);
    await mesh.expect(granted, { outcome: 'refused', status: 503, by: EXIT, outside: 'handshake' });
  });
});

import { example, stage } from './examples';
import { wayOfItsOwn } from './own-way';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

/** Attempts on what an exit passes on unread: it goes by the caller's certificate and the server name of the hop alone. */
const mesh = Mesh.attach();
const EXIT = 'istio-egress/istio-egress';
const TLS_SERVICE = 'istio-egress-tls.istio-egress.svc.cluster.local';
const HTTP_SERVICE = 'istio-egress.istio-egress.svc.cluster.local';
const CNN = 'https://edition.cnn.com/';

interface Attempt {
  readonly title: string;
  readonly call: CallOptions;
  readonly expect: Expectation;
  readonly manifests?: object[];
}

/** The exit connects to the host before it has seen the caller's certificate, or asked its policy: that connection stays empty. */
const refusedByExit: Expectation = { outcome: 'refused', by: EXIT, outside: 'connection' };
/** No server of the exit has such a name: the hop's own handshake fails. */
const unknownToExit: Expectation = { outcome: 'refused', by: 'sidecar' };

const ATTEMPTS: Attempt[] = [
  { title: 'another service account', call: { from: 'newsroom/printer', url: CNN }, expect: refusedByExit },
  {
    title: 'another namespace',
    call: { from: 'bystander/idle', url: CNN },
    expect: { outcome: 'refused', by: 'sidecar' },
  },
  {
    title: 'another namespace with a way of its own to the exit',
    manifests: wayOfItsOwn('edition.cnn.com', TLS_SERVICE, 443, 'sa.443.edition.cnn.com'),
    call: { from: 'mallory/evil', url: CNN },
    expect: refusedByExit,
  },
  {
    title: 'a host that is not granted, under a server name that is not',
    manifests: wayOfItsOwn('evil.example.org', TLS_SERVICE, 443, 'sa.443.evil.example.org'),
    call: { from: 'mallory/evil', url: 'https://evil.example.org/' },
    expect: unknownToExit,
  },
  {
    title: 'another port of a granted host',
    manifests: wayOfItsOwn('edition.cnn.com', TLS_SERVICE, 443, 'sa.8443.edition.cnn.com'),
    call: { from: 'mallory/evil', url: CNN },
    expect: unknownToExit,
  },
  {
    title: 'a granted server name on the port for HTTP',
    manifests: wayOfItsOwn('edition.cnn.com', HTTP_SERVICE, 80, 'sa.443.edition.cnn.com'),
    call: { from: 'mallory/evil', url: CNN },
    expect: { outcome: 'refused' },
  },
  {
    title: 'a host of its own, in the name of the passthrough without identity',
    manifests: wayOfItsOwn('evil.example.org', TLS_SERVICE, 443, 'pictures.example.com'),
    call: { from: 'mallory/evil', url: 'https://evil.example.org/' },
    expect: { outcome: 'refused', outside: 'handshake' },
  },
  {
    title: 'a pod without a sidecar, straight to the exit',
    call: { from: 'mallory/bare', url: CNN, connectTo: { host: TLS_SERVICE, port: 443 } },
    expect: { outcome: 'refused' },
  },
  {
    title: 'no server name',
    call: { from: 'newsroom/reader', url: CNN, sni: '' },
    expect: { outcome: 'refused', by: 'sidecar' },
  },
  {
    title: 'the server name of another host',
    call: { from: 'newsroom/reader', url: CNN, sni: 'evil.example.org' },
    expect: { outcome: 'refused', by: 'sidecar' },
  },
  {
    title: 'a name below a granted host',
    call: { from: 'newsroom/reader', url: CNN, sni: 'www.edition.cnn.com' },
    expect: { outcome: 'refused', by: 'sidecar' },
  },
  {
    title: 'plain HTTP on the port for TLS',
    call: { from: 'newsroom/reader', url: 'http://edition.cnn.com:443/' },
    expect: { outcome: 'refused' },
  },
];

/** On servers for a whole namespace, which a policy closes. */
const WIKIPEDIA = 'https://de.wikipedia.org/';
const OF_A_NAMESPACE: Attempt[] = [
  {
    title: 'another namespace, under the server name of one that is granted',
    manifests: wayOfItsOwn('de.wikipedia.org', TLS_SERVICE, 443, 'ns.reading.443-any.wikipedia.org'),
    call: { from: 'mallory/evil', url: WIKIPEDIA },
    expect: refusedByExit,
  },
  ...['ns.mallory.443-any.wikipedia.org', 'sa.443-any.wikipedia.org'].map((sni) => ({
    title: `another namespace, as ${sni}`,
    manifests: wayOfItsOwn('de.wikipedia.org', TLS_SERVICE, 443, sni),
    call: { from: 'mallory/evil', url: WIKIPEDIA },
    expect: unknownToExit,
  })),
];

async function besides(stageExample: () => Promise<unknown>) {
  await stageExample();
  await mesh.external({ hosts: ['evil.example.org'] });
  await mesh.namespace('mallory');
  await mesh.workload({ namespace: 'mallory', name: 'evil' });
  await mesh.workload({ namespace: 'mallory', name: 'bare', sidecar: false });
  await mesh.ready();
  await mesh.settled();
}

async function refuses({ call, expect: expected, manifests = [] }: Attempt, granted: CallOptions) {
  try {
    if (manifests.length) {
      await mesh.apply(manifests);
      await mesh.settled();
    }
    await mesh.expect({ timeout: 3000, ...call }, expected);
    await mesh.expect(granted, { outcome: 'allowed', identity: granted.from });
  } finally {
    if (manifests.length) await mesh.delete(manifests);
  }
}

describe('a whole namespace', () => {
  beforeAll(async () => besides(async () => stage(mesh, example('dist/wildcard'))));
  afterAll(async () => mesh.reset());

  it.each(OF_A_NAMESPACE)('refuses $title', async (attempt) =>
    refuses(attempt, { from: 'reading/room', url: WIKIPEDIA }),
  );
});

describe('service accounts', () => {
  beforeAll(async () => besides(async () => stage(mesh, example('dist/tls-passthrough'))));
  afterAll(async () => mesh.reset());

  it.each(ATTEMPTS)('refuses $title', async (attempt) => refuses(attempt, { from: 'newsroom/reader', url: CNN }));

  // Said by its name: nobody checks who calls.
  it('lets anybody through who reaches a host without identity', async () => {
    const way = wayOfItsOwn('pictures.example.com', TLS_SERVICE, 443, 'unused.example.com').map((object: any) =>
      object.kind === 'DestinationRule'
        ? { ...object, spec: { ...object.spec, trafficPolicy: { tls: { mode: 'DISABLE' } } } }
        : object,
    );
    await mesh.apply(way);
    await mesh.settled();
    await mesh.expect(
      { from: 'mallory/evil', url: 'https://pictures.example.com/' },
      { outcome: 'allowed', through: [EXIT] },
    );
    await mesh.delete(way);
  });
});

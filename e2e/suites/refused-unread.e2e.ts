import { example, stage } from './examples';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

/** Attempts on what an exit passes on unread: it goes by the caller's certificate and the server name of the hop alone. */
const mesh = Mesh.attach();
const EXIT = 'istio-egress/istio-egress';
const TLS_SERVICE = 'istio-egress-tls.istio-egress.svc.cluster.local';
const HTTP_SERVICE = 'istio-egress.istio-egress.svc.cluster.local';
const CNN = 'https://edition.cnn.com/';

const networking = (kind: string, name: string, spec: object, namespace = 'mallory') => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name, namespace },
  spec,
});

/** What a team would write by hand to lead a host to a port of the exit, under a server name of its choice. */
function wayOfItsOwn(host: string, service: string, port: number, sni: string): object[] {
  return [
    networking('ServiceEntry', 'own', {
      hosts: [host],
      exportTo: ['.'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      resolution: 'STATIC',
    }),
    networking('DestinationRule', 'own', {
      host: service,
      exportTo: ['.'],
      trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni } },
    }),
    networking('VirtualService', 'own', {
      hosts: [host],
      exportTo: ['.'],
      tls: [
        {
          match: [{ port: 443, sniHosts: [host] }],
          route: [{ destination: { host: service, port: { number: port } } }],
        },
      ],
    }),
  ];
}

interface Attempt {
  readonly title: string;
  readonly call: CallOptions;
  readonly expect: Expectation;
  readonly manifests?: object[];
}

/** The exit's policy decides on the caller's first byte: its connection to the host stands already, and stays empty. */
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
    manifests: wayOfItsOwn('edition.cnn.com', TLS_SERVICE, 443, '443.edition.cnn.com'),
    call: { from: 'mallory/evil', url: CNN },
    expect: refusedByExit,
  },
  {
    title: 'a host that is not granted, under a server name that is not',
    manifests: wayOfItsOwn('evil.example.org', TLS_SERVICE, 443, '443.evil.example.org'),
    call: { from: 'mallory/evil', url: 'https://evil.example.org/' },
    expect: unknownToExit,
  },
  {
    title: 'another port of a granted host',
    manifests: wayOfItsOwn('edition.cnn.com', TLS_SERVICE, 443, '8443.edition.cnn.com'),
    call: { from: 'mallory/evil', url: CNN },
    expect: unknownToExit,
  },
  {
    title: 'a granted server name on the port for HTTP',
    manifests: wayOfItsOwn('edition.cnn.com', HTTP_SERVICE, 80, '443.edition.cnn.com'),
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

beforeAll(async () => {
  await stage(mesh, example('dist/tls-passthrough'));
  await mesh.external({ hosts: ['evil.example.org'] });
  await mesh.namespace('mallory');
  await mesh.workload({ namespace: 'mallory', name: 'evil' });
  await mesh.workload({ namespace: 'mallory', name: 'bare', sidecar: false });
  await mesh.ready();
  await mesh.settled();
});
afterAll(async () => mesh.reset());

it.each(ATTEMPTS)('refuses $title', async ({ call, expect: expected, manifests = [] }) => {
  try {
    if (manifests.length) {
      await mesh.apply(manifests);
      await mesh.settled();
    }
    await mesh.expect({ timeout: 3000, ...call }, expected);
    await mesh.expect({ from: 'newsroom/reader', url: CNN }, { outcome: 'allowed', identity: 'newsroom/reader' });
  } finally {
    if (manifests.length) await mesh.delete(manifests);
  }
});

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

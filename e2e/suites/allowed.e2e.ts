import { Example, example, examples, stage } from './examples';
import { titleOf } from '../prove/prove';
import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

describe.each(examples())('$name', (given) => {
  beforeAll(async () => stage(mesh, given));
  afterAll(async () => mesh.reset());

  it.each(given.world.calls.map((call) => ({ title: titleOf(call), call })))('$title', async ({ call }) => {
    const { expect: expected, name: _, ...options } = call;
    await mesh.expect(options, expected);
  });
});

/** What an application may speak, and how it must arrive outside. */
const PROTOCOLS: {
  title: string;
  call: (host: string) => Omit<CallOptions, 'from'>;
  arrives?: Partial<Expectation>;
  body?: RegExp;
}[] = [
  { title: 'HTTP/1.1', call: (host) => ({ url: `http://${host}/v1?q=1` }), arrives: { http: '1.1', status: 200 } },
  {
    title: 'HTTP/1.1 with a body',
    call: (host) => ({ url: `http://${host}/`, method: 'POST', body: 'x=1' }),
    body: /"bytes":3/,
  },
  { title: 'HTTP/2', call: (host) => ({ url: `http://${host}/`, http: '2' }), arrives: { http: '2.0', status: 200 } },
  {
    title: 'gRPC with trailers',
    call: (host) => ({ url: `grpc://${host}/bed.Echo/Say` }),
    arrives: { http: '2.0' },
    body: /echo hello/,
  },
  {
    title: 'WebSocket',
    call: (host) => ({ url: `ws://${host}/socket` }),
    arrives: { http: '1.1', status: 101 },
    body: /echo hello/,
  },
  {
    title: 'an upload of 32 MB',
    call: (host) => ({ url: `http://${host}/`, method: 'PUT', upload: 32_000_000, timeout: 30_000 }),
    body: /"bytes":32000000/,
  },
  {
    title: 'a stream of 3 s',
    call: (host) => ({ url: `http://${host}/stream/30/100` }),
    body: /line 0\n[^]*line 29\n$/,
  },
  {
    title: 'an error of the other side',
    call: (host) => ({ url: `http://${host}/status/418` }),
    arrives: { status: 418 },
  },
];

/** A caller, a host and a way out for every kind of exit that carries HTTP. */
const EXITS: { title: string; of: string; from: string; host: string; arrives: Expectation }[] = [
  {
    title: 'plain HTTP',
    of: 'dist/http-egress',
    from: 'newsroom/reader',
    host: 'edition.cnn.com',
    arrives: {
      outcome: 'allowed',
      through: ['istio-egress/istio-egress'],
      hop: 'mutual',
      upstream: 'plaintext',
      meshHeaders: 'hidden',
    },
  },
  {
    title: 'TLS origination',
    of: 'dist/tls-origination',
    from: 'payments/checkout',
    host: 'api.stripe.com',
    arrives: {
      outcome: 'allowed',
      through: ['istio-egress/istio-egress'],
      hop: 'mutual',
      upstream: 'tls',
      meshHeaders: 'hidden',
    },
  },
  {
    title: 'mutual TLS origination',
    of: 'dist/mutual-tls-origination',
    from: 'payments/settlement',
    host: 'api.bank.example',
    arrives: {
      outcome: 'allowed',
      hop: 'mutual',
      clientCertificate: 'our-company',
      upstream: 'tls',
      meshHeaders: 'hidden',
    },
  },
];

describe.each(EXITS)('$title carries', ({ of, from, host, arrives }) => {
  let staged: Example;
  beforeAll(async () => {
    staged = example(of);
    await stage(mesh, staged);
  });
  afterAll(async () => mesh.reset());

  it.each(PROTOCOLS)('$title', async ({ call, arrives: also, body }) => {
    const result = await mesh.expect({ from, ...call(host) }, { ...arrives, ...also });
    if (body) expect(result.body).toMatch(body);
    if (call(host).url.startsWith('grpc')) expect(result.trailers).toMatchObject({ 'grpc-status': '0' });
  });
});

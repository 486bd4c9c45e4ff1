import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';

/** What an application may speak, and how it must arrive outside. gRPC needs a declaration of its own: see `upstream-http.e2e.ts`. */
export const PROTOCOLS: {
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
  { title: 'HTTP/2', call: (host) => ({ url: `http://${host}/`, http: '2' }), arrives: { http: '1.1', status: 200 } },
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
    title: 'a stream that takes its time',
    call: (host) => ({ url: `http://${host}/stream/10/150` }),
    body: /line 0\n[^]*line 9\n$/,
  },
  {
    title: 'an error of the other side',
    call: (host) => ({ url: `http://${host}/status/418` }),
    arrives: { status: 418 },
  },
];

/** A way out that must carry all of them: who takes it, where to, and how it arrives. */
export interface ExitUse {
  readonly from: string;
  readonly host: string;
  readonly arrives: Expectation;
}

/** One for every kind of exit that carries HTTP, by the example that has it. */
export const WAYS: Record<string, ExitUse> = {
  'dist/http-egress': {
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
  'dist/tls-origination': {
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
  'dist/wildcard': {
    from: 'reading/room',
    host: 'fr.wikipedia.org',
    arrives: {
      outcome: 'allowed',
      through: ['istio-egress/istio-egress'],
      hop: 'mutual',
      upstream: 'tls',
      meshHeaders: 'hidden',
    },
  },
  'dist/direct-egress': {
    from: 'tools/builder',
    host: 'weather.example.com',
    arrives: { outcome: 'allowed', through: [], upstream: 'tls', meshHeaders: 'hidden' },
  },
  'dist/upstream-proxy': {
    from: 'apps/sleep',
    host: 'bin.corp.example',
    arrives: {
      outcome: 'allowed',
      through: ['httpbin/httpbin-egress'],
      hop: 'mutual',
      upstream: 'tls',
      server: 'httpbin.org',
      meshHeaders: 'hidden',
    },
  },
  'dist/sidecar-to-ambient': {
    from: 'payments/checkout',
    host: 'api.bank.example',
    arrives: {
      outcome: 'allowed',
      through: ['istio-egress/egress-waypoint'],
      hop: 'mutual',
      upstream: 'tls',
      meshHeaders: 'hidden',
    },
  },
  'dist/mutual-tls-origination': {
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
};

import { CallOptions } from '../world/call';
import { Expectation } from '../world/expect';

/** Addresses of the servers outside, by their first host. */
export type Addresses = Record<string, string>;

/** An attempt to get out where nobody gave leave. */
export interface Attack {
  readonly title: string;
  readonly call: (at: Addresses) => CallOptions;
  /** What becomes of it where sidecars know only the registry. */
  readonly expect: Expectation;
  /** What becomes of it under ALLOW_ANY, where Istio lets unknown hosts out. @default - the same */
  readonly allowAny?: Expectation;
  /** What another team applies in its own namespace for it. @default - nothing */
  readonly manifests?: (at: Addresses) => object[];
}

export const EXIT = 'istio-egress/istio-egress';
export const EXIT_SERVICE = 'istio-egress.istio-egress.svc.cluster.local';

/** The sidecar knows no such host. */
const unknown: Expectation = { outcome: 'refused', status: 502, by: 'sidecar' };
/** The sidecar has no way for these bytes. */
const cut: Expectation = { outcome: 'refused', failure: ['reset', 'closed'], by: 'sidecar' };
/** The exit knows the caller, and does not let it. */
const denied: Expectation = { outcome: 'refused', status: 403, by: EXIT };
/** The sidecar sends it on as it is, and the exit does not talk to whoever is not mutual. */
const notMutual: Expectation = { outcome: 'refused', status: 503, by: 'sidecar' };
/** The connection does not come about. */
const noWay: Expectation = { outcome: 'refused', failure: ['reset', 'closed', 'tls', 'refused', 'timeout', 'dns'] };
/** Under ALLOW_ANY an unknown host is called straight from the pod, past every exit. */
const direct = (upstream: 'tls' | 'plaintext'): Expectation => ({ outcome: 'allowed', through: [], upstream });

const STRIPE = 'http://api.stripe.com/v1/charges';
const SEARCH = 'http://search.example.com:8080/find';

const get =
  (from: string, url: string, rest: Partial<CallOptions> = {}) =>
  (): CallOptions => ({ from, url, timeout: 2000, ...rest });

const CALLERS: Attack[] = [
  { title: 'another namespace', call: get('bystander/idle', STRIPE), expect: unknown, allowAny: direct('plaintext') },
  {
    title: 'another namespace that has a grant for another host',
    call: get('shop/web', STRIPE),
    expect: unknown,
    allowAny: direct('plaintext'),
  },
  { title: 'another service account of the namespace', call: get('payments/report', STRIPE), expect: denied },
  {
    title: 'another service account, with POST',
    call: get('payments/report', STRIPE, { method: 'POST', body: 'x' }),
    expect: denied,
  },
  {
    title: 'another service account, with HTTP/2',
    call: get('payments/report', STRIPE, { http: '2' }),
    expect: denied,
  },
  {
    title: 'another service account, with gRPC',
    call: get('payments/report', 'grpc://api.stripe.com/a.B/C'),
    expect: { outcome: 'refused', by: EXIT },
  },
  {
    title: 'another service account, with WebSocket',
    call: get('payments/report', 'ws://api.stripe.com/socket'),
    expect: denied,
  },
  {
    title: 'another service account, with a large upload',
    call: get('payments/report', STRIPE, { method: 'PUT', upload: 2_000_000 }),
    expect: { outcome: 'refused', by: EXIT },
  },
  {
    title: 'a forged certificate header that names the granted account',
    call: get('payments/report', STRIPE, {
      headers: {
        'x-forwarded-client-cert':
          'By=spiffe://cluster.local/ns/istio-egress/sa/istio-egress;URI=spiffe://cluster.local/ns/payments/sa/checkout',
      },
    }),
    expect: denied,
  },
  {
    title: 'a forged address header',
    call: get('payments/report', STRIPE, { headers: { 'x-forwarded-for': '127.0.0.1', 'x-envoy-internal': 'true' } }),
    expect: denied,
  },
];

const HOSTS: Attack[] = [
  {
    title: 'a host that nobody declared',
    call: get('payments/checkout', 'http://other.example.com/'),
    expect: unknown,
    allowAny: direct('plaintext'),
  },
  {
    title: 'a host below the granted one',
    call: get('payments/checkout', 'http://sub.api.stripe.com/', { connectTo: { host: 'api.stripe.com' } }),
    expect: unknown,
    allowAny: direct('plaintext'),
  },
  {
    title: 'a host that ends like the granted one',
    call: get('payments/checkout', 'http://api.stripe.com.evil.example.org/', {
      connectTo: { host: 'evil.example.org' },
    }),
    expect: unknown,
    allowAny: direct('plaintext'),
  },
  {
    title: 'a host that begins like the granted one',
    call: get('payments/checkout', 'http://xapi.stripe.com/', { connectTo: { host: 'evil.example.org' } }),
    expect: unknown,
    allowAny: direct('plaintext'),
  },
  {
    title: 'the host in capitals, by another account',
    call: get('payments/report', STRIPE, { headers: { host: 'API.STRIPE.COM' } }),
    expect: denied,
  },
  {
    title: 'the host with its port, by another account',
    call: get('payments/report', STRIPE, { headers: { host: 'api.stripe.com:80' } }),
    expect: denied,
  },
  {
    title: 'the host with a trailing dot',
    call: get('payments/report', STRIPE, { headers: { host: 'api.stripe.com.' } }),
    expect: unknown,
    allowAny: direct('plaintext'),
  },
  {
    title: 'the host with another port',
    call: get('payments/report', STRIPE, { headers: { host: 'api.stripe.com:8443' } }),
    expect: { outcome: 'refused' },
  },
  {
    title: 'an empty Host',
    call: get('payments/report', STRIPE, { headers: { host: '' } }),
    expect: { outcome: 'refused', by: 'sidecar' },
    allowAny: direct('plaintext'),
  },
  {
    title: 'an IP literal',
    call: (at) => ({ from: 'payments/checkout', url: `http://${at['api.stripe.com']}/` }),
    expect: unknown,
    allowAny: direct('plaintext'),
  },
  {
    title: 'an IP literal with TLS',
    call: (at) => ({ from: 'payments/checkout', url: `https://${at['api.stripe.com']}/`, sni: 'api.stripe.com' }),
    expect: cut,
    allowAny: { outcome: 'refused', failure: 'tls', outside: 'handshake' },
  },
  {
    title: 'the address of an undeclared host under a granted name, by another account',
    call: (at) => ({ from: 'payments/report', url: STRIPE, connectTo: { host: at['other.example.com'] } }),
    expect: denied,
  },
  {
    title: 'the granted name sent to an attacker’s address is routed by its name',
    call: (at) => ({
      from: 'payments/report',
      url: SEARCH,
      headers: { host: 'api.stripe.com' },
      connectTo: { host: at['evil.example.org'], port: 80 },
    }),
    expect: denied,
  },
  {
    title: 'another port',
    call: get('payments/checkout', 'http://api.stripe.com:8081/'),
    expect: { outcome: 'refused', by: 'sidecar' },
    allowAny: direct('plaintext'),
  },
  {
    title: 'the application’s own TLS to a host granted for origination',
    call: get('payments/checkout', 'https://api.stripe.com/'),
    expect: cut,
    allowAny: direct('tls'),
  },
  {
    title: 'a host granted on another port, on port 80',
    call: get('shop/web', 'http://search.example.com/'),
    expect: unknown,
    allowAny: direct('plaintext'),
  },
  {
    title: 'plain TCP to the host’s TLS port',
    call: get('payments/checkout', 'tcp://api.stripe.com:443'),
    expect: cut,
    allowAny: { outcome: 'refused', outside: 'handshake' },
  },
];

const AROUND: Attack[] = [
  {
    title: 'a pod without sidecar, through the gateway’s Service',
    call: get('mallory/bare', STRIPE, { connectTo: { host: EXIT_SERVICE, port: 80 } }),
    expect: noWay,
  },
  {
    title: 'a pod without sidecar, at the gateway’s own address',
    call: (at) => ({ from: 'mallory/bare', url: STRIPE, connectTo: { host: at.gateway, port: 8080 } }),
    expect: noWay,
  },
  {
    title: 'a pod without sidecar, with TLS but no certificate',
    call: (at) => ({
      from: 'mallory/bare',
      url: 'https://api.stripe.com/',
      connectTo: { host: at.gateway, port: 8080 },
      timeout: 2000,
    }),
    expect: noWay,
  },
  {
    title: 'a pod without sidecar, with the mesh’s own kind of SNI',
    call: (at) => ({
      from: 'mallory/bare',
      url: 'https://api.stripe.com/',
      sni: `outbound_.80_._.${EXIT_SERVICE}`,
      connectTo: { host: at.gateway, port: 8080 },
      timeout: 2000,
    }),
    expect: noWay,
  },
  {
    title: 'a sidecar that names the gateway as host',
    call: get('mallory/evil', `http://${EXIT_SERVICE}/`),
    expect: { outcome: 'refused' },
  },
  {
    title: 'a sidecar that names the gateway and says another host',
    call: get('mallory/evil', STRIPE, { connectTo: { host: EXIT_SERVICE, port: 80 } }),
    expect: unknown,
    allowAny: notMutual,
  },
  {
    title: 'a granted caller that sends an undeclared host to the gateway',
    call: get('payments/checkout', 'http://other.example.com/', { connectTo: { host: EXIT_SERVICE, port: 80 } }),
    expect: unknown,
    allowAny: notMutual,
  },
  {
    title: 'CONNECT through the gateway',
    call: get('payments/checkout', 'http://other.example.com/', {
      method: 'CONNECT',
      connectTo: { host: EXIT_SERVICE, port: 80 },
    }),
    expect: { outcome: 'refused' },
  },
];

const meta = (name: string) => ({ name, namespace: 'mallory' });
const networking = (kind: string, name: string, spec: object) => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: meta(name),
  spec,
});
const toExit = [{ destination: { host: EXIT_SERVICE, port: { number: 80 } } }];
const toEvil = [{ destination: { host: 'evil.example.org', port: { number: 80 } } }];
const mutual = networking('DestinationRule', 'exit', {
  host: EXIT_SERVICE,
  exportTo: ['.'],
  trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
});
const evilEntry = networking('ServiceEntry', 'evil', {
  hosts: ['evil.example.org'],
  resolution: 'DNS',
  ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
});
const everywhere = { exportTo: ['*'] };

const OTHER_TEAM: Attack[] = [
  {
    title: 'a copy of the client hop',
    manifests: () => [
      mutual,
      networking('VirtualService', 'stripe', { hosts: ['api.stripe.com'], exportTo: ['.'], http: [{ route: toExit }] }),
    ],
    call: get('mallory/evil', STRIPE),
    expect: denied,
  },
  {
    title: 'an alias that rewrites the authority to the host',
    manifests: () => [
      mutual,
      networking('VirtualService', 'alias', {
        hosts: ['alias.example.org'],
        exportTo: ['.'],
        http: [{ rewrite: { authority: 'api.stripe.com' }, route: toExit }],
      }),
    ],
    call: get('mallory/evil', 'http://alias.example.org/', { connectTo: { host: 'evil.example.org' } }),
    expect: denied,
  },
  {
    title: 'an alias that sets the Host header',
    manifests: () => [
      mutual,
      networking('VirtualService', 'alias', {
        hosts: ['alias.example.org'],
        exportTo: ['.'],
        http: [{ headers: { request: { set: { ':authority': 'api.stripe.com' } } }, route: toExit }],
      }),
    ],
    call: get('mallory/evil', 'http://alias.example.org/', { connectTo: { host: 'evil.example.org' } }),
    expect: denied,
  },
  {
    title: 'a VirtualService bound to the exit’s Gateway for a host of its own',
    manifests: () => [
      mutual,
      evilEntry,
      networking('VirtualService', 'bind', {
        hosts: ['evil.example.org'],
        gateways: ['istio-egress/istio-egress'],
        http: [{ route: toEvil }],
      }),
      networking('VirtualService', 'lead', { hosts: ['evil.example.org'], exportTo: ['.'], http: [{ route: toExit }] }),
    ],
    call: get('mallory/evil', 'http://evil.example.org/'),
    expect: denied,
  },
  {
    title: 'a VirtualService bound to the exit’s Gateway for the granted host',
    // Its name comes before the exit's own: of equally old VirtualServices for a host Istio takes the first by name, and creation times
    // have whole seconds. Where an attack is to succeed, it must not depend on the clock.
    manifests: () => [
      evilEntry,
      networking('VirtualService', 'claim', {
        hosts: ['api.stripe.com'],
        gateways: ['istio-egress/istio-egress'],
        http: [{ route: toEvil }],
      }),
    ],
    call: get('payments/report', STRIPE),
    expect: denied,
  },
  {
    title: 'a Gateway of its own on the exit’s pods and port',
    manifests: () => [
      mutual,
      evilEntry,
      networking('Gateway', 'take', {
        selector: { istio: 'istio-egress' },
        servers: [
          {
            port: { number: 80, name: 'http', protocol: 'HTTPS' },
            hosts: ['mallory/evil.example.org'],
            tls: { mode: 'ISTIO_MUTUAL' },
          },
        ],
      }),
      networking('VirtualService', 'bind', {
        hosts: ['evil.example.org'],
        gateways: ['take'],
        http: [{ route: toEvil }],
      }),
      networking('VirtualService', 'lead', { hosts: ['evil.example.org'], exportTo: ['.'], http: [{ route: toExit }] }),
    ],
    call: get('mallory/evil', 'http://evil.example.org/'),
    expect: denied,
  },
  {
    title: 'a Gateway of its own on the exit’s pods, on a new plaintext port',
    manifests: () => [
      evilEntry,
      networking('Gateway', 'hole', {
        selector: { istio: 'istio-egress' },
        servers: [{ port: { number: 9090, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
      }),
      networking('VirtualService', 'bind', { hosts: ['*'], gateways: ['hole'], http: [{ route: toEvil }] }),
    ],
    call: (at) => ({
      from: 'mallory/bare',
      url: 'http://evil.example.org/',
      connectTo: { host: at.gateway, port: 9090 },
    }),
    // Nothing listens: Gateways count for the pods of their own namespace.
    expect: { outcome: 'refused', failure: 'refused' },
  },
  {
    title: 'an AuthorizationPolicy of its own for the exit’s label',
    manifests: () => [
      mutual,
      networking('VirtualService', 'stripe', { hosts: ['api.stripe.com'], exportTo: ['.'], http: [{ route: toExit }] }),
      {
        apiVersion: 'security.istio.io/v1',
        kind: 'AuthorizationPolicy',
        metadata: meta('open'),
        spec: { selector: { matchLabels: { istio: 'istio-egress' } }, action: 'ALLOW', rules: [{}] },
      },
    ],
    call: get('mallory/evil', STRIPE),
    expect: denied,
  },
  {
    title: 'a VirtualService for everybody that claims the host for another server',
    manifests: () => [
      evilEntry,
      networking('VirtualService', 'claim-host', {
        hosts: ['api.stripe.com'],
        ...everywhere,
        http: [{ route: toEvil }],
      }),
    ],
    call: get('payments/report', STRIPE),
    expect: denied,
  },
  {
    title: 'a ServiceEntry for everybody that points the host to another server',
    manifests: (at) => [
      networking('ServiceEntry', 'claim-address', {
        hosts: ['api.stripe.com'],
        ...everywhere,
        resolution: 'STATIC',
        ports: [
          { number: 80, name: 'http', protocol: 'HTTP' },
          { number: 443, name: 'tls', protocol: 'TLS' },
        ],
        endpoints: [{ address: at['evil.example.org'] }],
      }),
    ],
    call: get('payments/report', STRIPE),
    expect: denied,
  },
  {
    title: 'a DestinationRule for everybody that takes TLS off the host',
    manifests: () => [
      networking('DestinationRule', 'claim-tls', {
        host: 'api.stripe.com',
        ...everywhere,
        trafficPolicy: { tls: { mode: 'DISABLE' } },
      }),
    ],
    call: get('payments/report', STRIPE),
    expect: denied,
  },
  {
    title: 'a DestinationRule for everybody that takes mutual TLS off the hop',
    manifests: () => [
      networking('DestinationRule', 'claim-hop', {
        host: EXIT_SERVICE,
        ...everywhere,
        trafficPolicy: { tls: { mode: 'DISABLE' } },
      }),
    ],
    call: get('payments/report', STRIPE),
    expect: denied,
  },
];

/** What Istio does not refuse: a namespace decides about its own sidecars, and nobody asks a pod without one. */
export const NOT_ENFORCED: Attack[] = [
  {
    title: 'a pod without sidecar',
    call: get('mallory/bare', 'http://api.stripe.com/'),
    expect: direct('plaintext'),
  },
  {
    title: 'a ServiceEntry of the caller’s own namespace',
    manifests: () => [
      networking('ServiceEntry', 'own', {
        hosts: ['api.stripe.com'],
        exportTo: ['.'],
        resolution: 'DNS',
        ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      }),
    ],
    call: get('mallory/evil', 'https://api.stripe.com/'),
    expect: direct('tls'),
  },
  {
    title: 'a Sidecar of the caller’s own namespace that allows any',
    manifests: () => [networking('Sidecar', 'default', { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } })],
    call: get('mallory/evil', 'http://api.stripe.com/'),
    expect: direct('plaintext'),
  },
];

/** All attempts, by what they try. */
export const ATTACKS: Record<string, Attack[]> = {
  'by caller': CALLERS,
  'by host': HOSTS,
  'around the exit': AROUND,
  'by manifests of another team': OTHER_TEAM,
};

/** One attempt by its title. */
export function attack(title: string): Attack {
  const found = Object.values(ATTACKS)
    .flat()
    .find((candidate) => candidate.title === title);
  if (!found) throw new Error(`no attempt "${title}"`);
  return found;
}

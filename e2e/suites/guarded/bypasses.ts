import { CallOptions } from '../../world/call';
import { Expectation } from '../../world/expect';

/** Addresses by name: pods by their workload, servers outside by their first host. */
export type Addresses = Record<string, string>;

export const EXIT = 'istio-egress/istio-egress';
const EXIT_SERVICE = 'istio-egress.istio-egress.svc.cluster.local';

/** An attempt to get past what is guarded. */
export interface Bypass {
  readonly title: string;
  readonly call: (at: Addresses) => CallOptions;
  /** What it comes to where no NetworkPolicy is in the way: that it got there. */
  readonly open: Expectation;
  /** The workload whose NetworkPolicy is in the way. @default - the caller's */
  readonly heldAt?: string;
}

const CHECKOUT = 'payments/checkout';

/** It arrives outside, past every exit. */
const out: Expectation = { outcome: 'allowed', through: [] };
/** Another pod of the cluster answers. */
const answered: Expectation = { outcome: 'refused', status: 200 };
/** The other side takes the connection, and wants mutual TLS or none at all. */
const taken: Expectation = { outcome: 'refused', failure: ['reset', 'closed', 'tls'] };
/** Nobody listens there, which the other side itself says. */
const nobody: Expectation = { outcome: 'refused', failure: 'refused' };

type Rest = Partial<CallOptions>;

const call = (from: string, url: string, rest: Rest = {}) => ({ from, url, timeout: 1500, ...rest });

/** A call past the pod's proxy: with the user id that nothing captures. */
const past = (from: string, url: string, rest: Rest = {}) => call(from, url, { as: 'proxy', ...rest });

/** A call under a name that goes to another address or port. */
const to = (host: string, port?: number): Rest => ({ connectTo: { host, port } });

const OUTSIDE: Bypass[] = [
  { title: 'HTTP', call: () => past(CHECKOUT, 'http://evil.example.org/'), open: out },
  { title: 'HTTPS', call: () => past(CHECKOUT, 'https://evil.example.org/'), open: out },
  {
    title: 'HTTPS to an address, with no name',
    call: (at) => past(CHECKOUT, 'https://evil.example.org/', to(at['evil.example.org'])),
    open: out,
  },
  { title: 'HTTP to an address', call: (at) => past(CHECKOUT, `http://${at['evil.example.org']}/`), open: out },
  {
    title: 'a declared host under another address',
    call: (at) =>
      past(CHECKOUT, 'http://evil.example.org/', {
        headers: { host: 'api.stripe.com' },
        ...to(at['evil.example.org']),
      }),
    open: out,
  },
  {
    title: 'a declared host itself, without the exit',
    call: () => past(CHECKOUT, 'https://api.stripe.com/'),
    open: out,
  },
  { title: 'TCP to a port of its own', call: () => past(CHECKOUT, 'tcp://evil.example.org:2222'), open: out },
  {
    title: 'an address outside on the port that is open to the exit',
    call: () => past(CHECKOUT, 'tcp://evil.example.org:8080'),
    open: out,
  },
  {
    title: 'an address outside on the port that is open to istiod',
    call: () => past(CHECKOUT, 'tcp://evil.example.org:15012'),
    open: out,
  },
  {
    title: 'an address outside on DNS’s port, over TCP',
    call: () => past(CHECKOUT, 'tcp://evil.example.org:53'),
    open: out,
  },
  {
    title: 'an address outside on DNS’s port, over UDP, which no sidecar captures',
    call: (at) => call(CHECKOUT, `udp://${at['evil.example.org']}:53`),
    open: out,
  },
  { title: 'UDP, as the application', call: () => call(CHECKOUT, 'udp://evil.example.org:443'), open: out },
  { title: 'UDP, as the proxy’s user', call: () => past(CHECKOUT, 'udp://evil.example.org:443'), open: out },
];

const UNCAPTURED: Bypass[] = [
  { title: 'HTTP', call: () => call('payments/flushed', 'http://evil.example.org/'), open: out },
  { title: 'HTTPS', call: () => call('payments/flushed', 'https://evil.example.org/'), open: out },
  {
    title: 'HTTPS to an address',
    call: (at) => call('payments/flushed', 'https://evil.example.org/', to(at['evil.example.org'])),
    open: out,
  },
  { title: 'another port', call: () => call('payments/flushed', 'tcp://evil.example.org:2222'), open: out },
];

const BARE: Bypass[] = [
  { title: 'HTTP', call: () => call('payments/bare', 'http://evil.example.org/'), open: out },
  { title: 'HTTPS', call: () => call('payments/bare', 'https://evil.example.org/'), open: out },
  {
    title: 'the host that others of its namespace declare',
    call: () => call('payments/bare', 'https://api.stripe.com/'),
    open: out,
  },
  { title: 'UDP', call: () => call('payments/bare', 'udp://evil.example.org:53'), open: out },
];

const IN_CLUSTER: Bypass[] = [
  {
    title: 'a pod of a namespace that nobody named',
    call: (at) => past(CHECKOUT, `http://${at['stranger/web']}:8080/`),
    open: answered,
  },
  {
    title: 'the same through its Service',
    call: () => past(CHECKOUT, 'http://web.stranger.svc.cluster.local/'),
    open: answered,
  },
  {
    title: 'a pod of the other guarded namespace',
    call: (at) => past(CHECKOUT, `http://${at['shop/bare']}:8080/`),
    open: answered,
  },
  {
    title: 'istiod’s plaintext port for configuration',
    call: (at) => past(CHECKOUT, 'https://istiod.istio-system.svc/', to(at.istiod, 15010)),
    open: taken,
  },
  { title: 'istiod’s metrics', call: (at) => past(CHECKOUT, `http://${at.istiod}:15014/metrics`), open: answered },
  { title: 'istiod’s health', call: (at) => past(CHECKOUT, `http://${at.istiod}:8080/ready`), open: answered },
  {
    title: 'another port of the DNS pods',
    call: (at) => past(CHECKOUT, `http://${at.dns}:9153/metrics`),
    open: nobody,
  },
  { title: 'the Kubernetes API', call: (at) => past(CHECKOUT, `https://${at.api}:6443/version`), open: taken },
  { title: 'the exit’s health', call: (at) => past(CHECKOUT, `http://${at.exit}:15021/healthz/ready`), open: answered },
  {
    title: 'the exit’s metrics, from its agent',
    call: (at) => past(CHECKOUT, `http://${at.exit}:15020/stats/prometheus`),
    open: answered,
  },
  {
    title: 'the exit’s metrics, from its Envoy',
    call: (at) => past(CHECKOUT, `http://${at.exit}:15090/stats/prometheus`),
    open: answered,
  },
  {
    title: 'the exit’s administration',
    call: (at) => past(CHECKOUT, `http://${at.exit}:15000/config_dump`),
    open: nobody,
  },
  {
    title: 'the exit’s port for TLS, from a namespace that declares HTTP alone',
    call: (at) => past(CHECKOUT, 'https://api.stripe.com/', to(at.exit, 8443)),
    open: taken,
  },
  {
    title: 'the exit’s port for HTTP, from a namespace that declares TLS alone',
    call: (at) => past('shop/web', 'https://api.stripe.com/', to(at.exit, 8080)),
    open: taken,
  },
];

/** From a namespace that nobody guards, nobody granted anything. */
const STRANGERS: Bypass[] = [
  {
    title: 'the exit’s port for HTTP',
    call: (at) => past('bystander/idle', 'https://api.stripe.com/', to(at.exit, 8080)),
    open: taken,
    heldAt: EXIT,
  },
  {
    title: 'the exit’s port for TLS, through its Service',
    call: () =>
      past('bystander/idle', 'https://api.stripe.com/', to('istio-egress-tls.istio-egress.svc.cluster.local', 443)),
    open: taken,
    heldAt: EXIT,
  },
  {
    title: 'the exit by mutual TLS, with routes of its own',
    call: () => call('bystander/idle', 'http://api.stripe.com/'),
    open: { outcome: 'refused', status: 403, by: EXIT },
    heldAt: EXIT,
  },
  {
    title: 'the exit’s metrics',
    call: (at) => past('bystander/idle', `http://${at.exit}:15020/stats/prometheus`),
    open: answered,
    heldAt: EXIT,
  },
  {
    title: 'the exit’s health',
    call: (at) => past('bystander/idle', `http://${at.exit}:15021/healthz/ready`),
    open: answered,
    heldAt: EXIT,
  },
];

/** By whoever has taken over the exit’s own pod. */
const FROM_EXIT: Bypass[] = [
  { title: 'a port that nobody declared', call: () => past(EXIT, 'http://evil.example.org/'), open: out },
  { title: 'another such port', call: () => past(EXIT, 'tcp://evil.example.org:2222'), open: out },
  { title: 'the declared port over UDP', call: () => past(EXIT, 'udp://evil.example.org:443'), open: out },
  { title: 'a resolver outside', call: () => past(EXIT, 'udp://evil.example.org:53'), open: out },
  { title: 'a pod of the cluster', call: (at) => past(EXIT, `http://${at['stranger/web']}:8080/`), open: answered },
  {
    title: 'a pod of the cluster on the declared port',
    call: (at) => past(EXIT, `https://${at['stranger/web']}:443/`),
    open: nobody,
  },
  { title: 'a client’s pod', call: (at) => past(EXIT, `http://${at['payments/bare']}:8080/`), open: answered },
  { title: 'istiod’s metrics', call: (at) => past(EXIT, `http://${at.istiod}:15014/metrics`), open: answered },
];

/** All attempts, by whose and what they try. */
export const BYPASSES: Record<string, Bypass[]> = {
  'a guarded pod, as its proxy’s user': OUTSIDE,
  'a guarded pod whose rules of capture are gone': UNCAPTURED,
  'a pod without sidecar in a guarded namespace': BARE,
  'a guarded pod in the cluster': IN_CLUSTER,
  'a namespace without guard and grant': STRANGERS,
  'the exit’s own pod': FROM_EXIT,
};

/** What a stranger applies in his namespace to be led to the exit. */
export const STRANGERS_ROUTES = [
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'exit', namespace: 'bystander' },
    spec: { host: EXIT_SERVICE, exportTo: ['.'], trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } },
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'stripe', namespace: 'bystander' },
    spec: {
      hosts: ['api.stripe.com'],
      exportTo: ['.'],
      http: [{ route: [{ destination: { host: EXIT_SERVICE, port: { number: 80 } } }] }],
    },
  },
];

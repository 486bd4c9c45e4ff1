import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import {
  EgressClient,
  EgressGateway,
  EgressPort,
  HttpEgress,
  Mesh,
  OutboundTrafficPolicy,
  TlsOriginationEgress,
} from '../../src';
import { Calls, TlsOutside } from '../../src/assertions';
import { CLOSED_MESH, world } from '../fixtures';

const EXIT = 'istio-egress/istio-egress';

function shop(mesh = CLOSED_MESH) {
  const { app, chart, exit, clients } = world(undefined, mesh);
  new TlsOriginationEgress(chart, 'Stripe', { hosts: ['api.stripe.com'], exit, clients });
  new HttpEgress(chart, 'Plain', { hosts: ['plain.example.com'], exit, clients });
  return app;
}

const given = (calls: Calls, from: string, url: string) => calls.from(from).to(url);
const closed = Calls.of(shop());

test('a granted call goes through the exit, encrypted as declared', () => {
  given(closed, 'payments/checkout', 'http://api.stripe.com/').isAllowed({ through: EXIT, tls: TlsOutside.VERIFIED });
  given(closed, 'payments/checkout', 'http://plain.example.com/').isAllowed({ tls: TlsOutside.NONE });
});

test.each([
  ['another account', 'payments/reports', 'http://api.stripe.com/'],
  ['another namespace', 'orders/web', 'http://api.stripe.com/'],
  ['a host that nobody declares', 'payments/checkout', 'http://other.example.com/'],
  ['a way past the exit', 'payments/checkout', 'https://api.stripe.com/'],
])('%s is refused', (_, from, url) => given(closed, from, url).isRefused());

test('method, headers and server name are those of the call', () => {
  const to = (url: string, props: object) => closed.from('payments/checkout').to(url, props);
  to('http://plain.example.com/', { headers: { host: 'api.stripe.com' } }).isAllowed({ tls: TlsOutside.VERIFIED });
  expect(to('http://plain.example.com/', { method: 'PUT' }).explanation).toContain('PUT http://plain.example.com/');
});

describe('what fails says the whole way of the call', () => {
  const stripe = () => given(closed, 'payments/checkout', 'http://api.stripe.com/');

  test('where it is not allowed', () => {
    const refused = given(closed, 'payments/reports', 'http://api.stripe.com/');
    expect(() => refused.isAllowed()).toThrow(
      /^expected payments\/reports → GET http:\/\/api\.stripe\.com\/\n {2}to be allowed, and it is refused\n\n[^]*knows that it comes from service account payments\/reports/,
    );
  });

  test('where it is not refused', () => {
    expect(() => stripe().isRefused()).toThrow(
      /to be refused, and it is allowed\n\n[^]*AuthorizationPolicy istio-egress/,
    );
  });

  test('where it goes another way', () => {
    expect(() => stripe().isAllowed({ through: 'a/b' })).toThrow(
      `going through a/b, and it is going through payments/checkout, ${EXIT}`,
    );
    expect(() => stripe().isAllowed({ tls: TlsOutside.OF_CALLER })).toThrow(
      "TLS: the caller's own, and it is leaving with TLS: verified",
    );
  });
});

test.each([
  ['shop', 'http://a.example', 'namespace/workload'],
  ['shop/web', 'a.example', 'is no URL'],
  ['shop/web', 'ftp://a.example', 'is no URL'],
  ['shop/web', 'tcp://a.example', 'needs a port'],
])('%s → %s is no call', (from, url, message) => {
  expect(() => given(closed, from, url)).toThrow(message);
});

test('misspelled options are no options', () => {
  expect(() => closed.from('a/b').to('http://a.example', { verb: 'PUT' } as any)).toThrow('[OptionUnknown]');
  expect(() =>
    given(closed, 'payments/checkout', 'http://api.stripe.com/').isAllowed({ tls: 'verfied' as any }),
  ).toThrow('[WrongType]');
});

describe('the mesh is as Mesh.configure says', () => {
  test('under ALLOW_ANY, what nothing declares goes out', () => {
    jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const open = Calls.of(shop({ ...CLOSED_MESH, outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY }));
    given(open, 'payments/checkout', 'https://api.stripe.com/').isAllowed({ tls: TlsOutside.OF_CALLER });
    given(open, 'orders/web', 'http://other.example.com/').isAllowed({ tls: TlsOutside.NONE });
  });

  test('identities have its trust domain', () => {
    const other = Calls.of(shop({ ...CLOSED_MESH, trustDomain: 'corp.example' }));
    given(other, 'payments/checkout', 'http://api.stripe.com/').isAllowed({ through: EXIT });
  });

  test('an app without any construct of this library has one as well', () => {
    const app = Testing.app();
    new Chart(app, 'empty', { namespace: 'shop' });
    expect(() => given(Calls.of(app), 'shop/web', 'https://a.example').isAllowed()).toThrow(
      'to be allowed, and it is refused',
    );
  });
});

describe('manifests besides', () => {
  const folder = mkdtempSync(join(tmpdir(), 'calls-'));
  const platform = join(folder, 'platform.yaml');

  function team(): App {
    const app = Testing.app();
    Mesh.configure(app, CLOSED_MESH);
    const chart = new Chart(app, 'payments');
    const exit = EgressGateway.imported();
    new HttpEgress(chart, 'Plain', {
      hosts: ['plain.example.com'],
      exit,
      clients: [EgressClient.namespace('payments')],
    });
    return app;
  }

  test('are those of the platform', () => {
    const { app, exit } = world();
    exit.grant('Plain', {
      hosts: ['plain.example.com'],
      ports: [EgressPort.http()],
      clients: [EgressClient.namespace('payments')],
    });
    writeFileSync(
      platform,
      app.charts
        .flatMap((chart) => Testing.synth(chart))
        .map((one) => JSON.stringify(one))
        .join('\n---\n'),
    );
    given(Calls.of(team(), { besides: [platform] }), 'payments/web', 'http://plain.example.com/').isAllowed({
      through: EXIT,
    });
    expect(() => given(Calls.of(team()), 'payments/web', 'http://plain.example.com/').isAllowed()).toThrow();
  });

  test('must be readable, and say nothing else of the mesh', () => {
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, 'a: b: c');
    expect(() => Calls.of(team(), { besides: [broken] })).toThrow(`${broken}:1`);
    const mesh = join(folder, 'mesh-config.yaml');
    writeFileSync(mesh, 'outboundTrafficPolicy: { mode: ALLOW_ANY }');
    expect(() => Calls.of(team(), { besides: [mesh] })).toThrow('say different things of the mesh');
  });
});

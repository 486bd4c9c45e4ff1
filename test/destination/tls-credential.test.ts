import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { Secret, TlsSecret } from 'cdk8s-plus-28';
import {
  EgressGateway,
  EgressPort,
  IngressGateway,
  IngressProxy,
  SidecarExit,
  TlsCredential,
  TlsOriginationEgress,
  UpstreamProxy,
  UpstreamTls,
  EgressClient,
} from '../../src';
import { Manifests } from '../../src/assertions';
import { checkCredential } from '../../src/destination/tls-credential';
import { failing, world } from '../fixtures';

const hosts = ['bank.example'];

function secretIn(namespace?: string, app = Testing.app()) {
  return new Secret(new Chart(app, 'secrets', { namespace }), 'Bank');
}

/** What a declaration with this credential makes of a Secret in a namespace. */
function declared(namespace: string | undefined, how: (secret: Secret) => UpstreamTls) {
  const { app, chart, exit, clients, manifests } = world();
  const secret = secretIn(namespace, app as App);
  new TlsOriginationEgress(chart, 'A', { hosts, exit, clients, tls: how(secret) });
  return { secret, manifests };
}

test.each([
  ['mutual', (secret: Secret) => UpstreamTls.mutual(TlsCredential.of(secret))],
  ['simple', (secret: Secret) => UpstreamTls.simple({ caCredential: TlsCredential.of(secret) })],
  ['its ApiObject', (secret: Secret) => UpstreamTls.mutual(TlsCredential.of(ApiObject.of(secret)))],
])('a Secret of cdk8s-plus goes by the name that it has in the manifests: %s', (_, how) => {
  const { secret, manifests } = declared('istio-egress', how);
  expect(secret.name).toMatch(/^secrets-bank-\w{8}$/);
  manifests().has({ kind: 'Secret', name: secret.name }, {});
  const { spec } = manifests().only({ kind: 'DestinationRule', name: 'istio-egress.bank.example' });
  expect(spec.subsets[0].trafficPolicy.tls.credentialName).toBe(secret.name);
});

test('a Secret in the client’s namespace is no credential of the exit', () => {
  expect(() => declared('payments', (secret) => UpstreamTls.mutual(TlsCredential.of(secret)))).toThrow(
    failing('CredentialNamespace', 'Secret payments/'),
  );
  const { app, exit, clients } = world();
  const tls = UpstreamTls.mutual(TlsCredential.of(secretIn('payments', app as App)));
  expect(() => exit.grant('A', { hosts, clients, ports: [EgressPort.tlsOrigination({ tls })] })).toThrow(
    failing('CredentialNamespace', 'istio-egress'),
  );
});

test('an imported exit has its credentials in its own namespace, too', () => {
  const { app, chart, clients } = world();
  const tls = UpstreamTls.mutual(TlsCredential.of(secretIn('payments', app as App)));
  const exit = EgressGateway.imported({ namespace: 'edge' });
  expect(() => new TlsOriginationEgress(chart, 'A', { hosts, exit, clients, tls })).toThrow(
    failing('CredentialNamespace', 'edge'),
  );
});

test('two declarations agree on a Secret, whether named or passed', () => {
  const { app, exit, clients } = world();
  const secret = secretIn('istio-egress', app as App);
  const grant = (id: string, credential: TlsCredential) =>
    exit.grant(id, { hosts, clients, ports: [EgressPort.tlsOrigination({ tls: UpstreamTls.mutual(credential) })] });
  grant('A', TlsCredential.of(secret));
  expect(() => grant('B', TlsCredential.named(secret.name))).not.toThrow();
});

test('what an ingress gateway shows stands beside the ingress gateway', () => {
  const app = Testing.app();
  const chart = new Chart(app, 'bin', { namespace: 'bin' });
  const gateway = IngressGateway.imported();
  const at = (namespace: string, id: string) =>
    new UpstreamProxy(chart, id, {
      host: `${id}.corp.example`,
      upstreamHost: `${id}.example`,
      ingress: { gateway, credential: TlsCredential.of(tlsSecret(namespace)) },
    });
  const tlsSecret = (namespace: string) =>
    new TlsSecret(chart, `${namespace}Cert`, { metadata: { namespace }, tlsCert: 'c', tlsKey: 'k' });
  at('istio-system', 'a');
  const { spec } = Manifests.fromApp(app).only({ kind: 'Gateway', namespace: 'istio-system' });
  expect(spec.servers[1].tls.credentialName).toMatch(/^bin-istio-systemcert-\w{8}$/);
  expect(() => at('bin', 'b')).toThrow(failing('CredentialNamespace', 'a Secret in istio-system'));
});

test('an ingress gateway that calls a host shows its own credential', () => {
  const app = Testing.app();
  const chart = new Chart(app, 'a');
  const ingress = IngressGateway.imported();
  const tls = UpstreamTls.mutual(TlsCredential.of(secretIn('a', app)));
  const ports = [EgressPort.tlsOrigination({ tls })];
  expect(() => new IngressProxy(chart, 'A', { hosts, ports, ingress })).toThrow(
    failing('CredentialNamespace', 'istio-system'),
  );
});

test('a sidecar takes none, wherever it stands', () => {
  const { app, chart } = world();
  const tls = UpstreamTls.mutual(TlsCredential.of(secretIn('payments', app as App)));
  const clients = [EgressClient.namespace('payments')];
  expect(() => new TlsOriginationEgress(chart, 'A', { hosts, exit: new SidecarExit(), clients, tls })).toThrow(
    failing('ExitCannotCarry', 'credential'),
  );
});

test('a Secret of another app may never be written', () => {
  const credential = TlsCredential.of(secretIn('exit'));
  expect(() => checkCredential(Testing.chart(), 'credential', credential, 'exit')).toThrow(
    failing('OtherApp', 'secrets/Bank'),
  );
});

test('a Secret without a namespace comes into that of whoever applies it', () => {
  expect(() => TlsCredential.of(secretIn())).toThrow(failing('NamespaceMissing', 'secrets/Bank'));
});

test('a Secret that only has a name is named', () => {
  const imported = Secret.fromSecretName(Testing.chart(), 'Bank', 'bank');
  expect(() => TlsCredential.of(imported)).toThrow(failing('WrongType', 'named by a text'));
});

test.each(['payments/bank', 'kubernetes://bank', 'kubernetes-gateway://payments/bank'])(
  'refuses the credential %s',
  (name) => {
    expect(() => TlsCredential.named(name)).toThrow(failing('CredentialNamespace', name));
  },
);

test.each([undefined, null, '', 5, {}, 'A'])('%j is no name', (name) => {
  expect(() => TlsCredential.named(name as string)).toThrow(failing('NameSyntax', 'TlsCredential.named'));
});

test('a Secret may have dots in its name', () => {
  expect(TlsCredential.named('bank.ca').secretName).toBe('bank.ca');
});

import { Testing } from 'cdk8s';
import { UpstreamTls } from '../../src';
import { failing } from '../fixtures';

const resolve = (tls: UpstreamTls) => tls._resolve(Testing.chart());

test('simple TLS follows the host and the authorities of the system', () => {
  expect(resolve(UpstreamTls.simple())).toEqual({ mode: 'SIMPLE' });
});

test('names can be set, in the form that manifests take', () => {
  const tls = UpstreamTls.simple({
    sni: 'Edge.Example.',
    subjectAltNames: ['spiffe://a/b'],
    caCredentialName: 'bank.ca',
  });
  expect(resolve(tls)).toEqual({
    mode: 'SIMPLE',
    sni: 'edge.example',
    subjectAltNames: ['spiffe://a/b'],
    credentialName: 'bank.ca',
  });
});

test('mutual TLS needs its credential', () => {
  expect(resolve(UpstreamTls.mutual('bank'))).toEqual({ mode: 'MUTUAL', credentialName: 'bank' });
  expect(() => resolve(UpstreamTls.mutual(''))).toThrow(failing('NameSyntax', 'credentialName'));
});

test.each(['payments/bank', 'kubernetes://bank', 'kubernetes-gateway://payments/bank'])(
  'refuses the credential %s',
  (name) => {
    expect(() => resolve(UpstreamTls.mutual(name))).toThrow(failing('CredentialNamespace', name));
  },
);

test('refuses names that would check nothing', () => {
  expect(() => resolve(UpstreamTls.simple({ subjectAltNames: [] }))).toThrow(failing('SubjectAltNameSyntax'));
  expect(() => resolve(UpstreamTls.simple({ subjectAltNames: ['a', 'a b'] }))).toThrow(
    failing('SubjectAltNameSyntax', 'a b'),
  );
  expect(() => resolve(UpstreamTls.simple({ sni: '10.0.0.1' }))).toThrow(failing('HostIpAddress'));
});

test.each([undefined, null, '', 5, {}])(
  'mutual TLS without a credential (%j) is an error, not TLS that shows none',
  (name) => {
    const tls = UpstreamTls.mutual(name as string);
    expect(() => resolve(tls)).toThrow(failing('NameSyntax'));
  },
);

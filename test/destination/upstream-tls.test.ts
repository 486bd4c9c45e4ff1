import { Testing } from 'cdk8s';
import { TlsCredential, UpstreamTls } from '../../src';
import { failing } from '../fixtures';

const resolve = (tls: UpstreamTls) => tls._resolve(Testing.chart(), 'exit');

test('simple TLS follows the host and the authorities of the system', () => {
  expect(resolve(UpstreamTls.simple())).toEqual({ mode: 'SIMPLE' });
});

test('names can be set, in the form that manifests take', () => {
  const tls = UpstreamTls.simple({
    sni: 'Edge.Example.',
    subjectAltNames: ['spiffe://a/b'],
    caCredential: TlsCredential.named('bank.ca'),
  });
  expect(resolve(tls)).toEqual({
    mode: 'SIMPLE',
    sni: 'edge.example',
    subjectAltNames: ['spiffe://a/b'],
    credentialName: 'bank.ca',
  });
});

test('mutual TLS shows its credential', () => {
  const tls = UpstreamTls.mutual(TlsCredential.named('bank'));
  expect(resolve(tls)).toEqual({ mode: 'MUTUAL', credentialName: 'bank' });
});

test('refuses names that would check nothing', () => {
  expect(() => resolve(UpstreamTls.simple({ subjectAltNames: [] }))).toThrow(failing('SubjectAltNameSyntax'));
  expect(() => resolve(UpstreamTls.simple({ subjectAltNames: ['a', 'a b'] }))).toThrow(
    failing('SubjectAltNameSyntax', 'a b'),
  );
  expect(() => resolve(UpstreamTls.simple({ sni: '10.0.0.1' }))).toThrow(failing('HostIpAddress'));
});

test.each([undefined, null, '', 'bank', 5, {}])(
  'mutual TLS without a credential (%j) is an error, not TLS that shows none',
  (credential) => {
    const tls = UpstreamTls.mutual(credential as any);
    expect(() => resolve(tls)).toThrow(failing('WrongType', 'TlsCredential.named'));
  },
);

import { Duration } from 'cdk8s';
import { EgressPort, UpstreamProbe } from '../../src';
import { failing, world } from '../fixtures';

const probed = (upstreamProbe: UpstreamProbe) => world({ upstreamProbe });

test('the kubelet asks through the gateway, for the one path of the upstream', () => {
  const { exit, clients, manifests } = probed({ path: '/status/200', failureThreshold: 3 });
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.tlsOrigination()], clients });
  const [container] = manifests().only({ kind: 'Deployment' }).spec.template.spec.containers;
  expect(container.readinessProbe).toMatchObject({ httpGet: { path: '/upstream/ready' }, failureThreshold: 3 });
  manifests().has(
    { kind: 'VirtualService', name: 'istio-egress.upstream.probe' },
    { spec: { http: [{ rewrite: { uri: '/status/200', authority: 'a.example' }, retries: { attempts: 0 } }] } },
  );
  manifests().has(
    { kind: 'AuthorizationPolicy', name: 'istio-egress.upstream.probe' },
    { spec: { rules: [{ to: [{ operation: { methods: ['GET'], paths: ['/upstream/ready'] } }] }] } },
  );
});

test.each(['', 'status', '/a b', '/a?b', '/a#b', undefined])('refuses the path %j', (path) => {
  expect(() => probed({ path: path as string })).toThrow(failing('ProbeSyntax'));
});

test('refuses times that the kubelet cannot keep', () => {
  expect(() => probed({ path: '/', period: Duration.millis(500) })).toThrow(failing('SettingRange', 'period'));
  expect(() => probed({ path: '/', failureThreshold: 0 })).toThrow(failing('SettingRange', 'failureThreshold'));
});

test('a probe without an upstream to ask is an error', () => {
  const { app } = probed({ path: '/' });
  expect(() => app.synthYaml()).toThrow('[ProbeSyntax] platform/Exit/Probe');
});

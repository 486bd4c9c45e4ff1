import { parse } from 'yaml';
import {
  EgressClient,
  EgressPort,
  GatewayWorkload,
  OpaAuthorization,
  OpaServiceOptions,
  OpaSidecarOptions,
} from '../../../src';
import { failing, world } from '../../fixtures';

const HOST = 'opa.policy.svc.cluster.local';
const sidecar = (options: Partial<OpaSidecarOptions> = {}) =>
  world({ authorization: OpaAuthorization.sidecar({ policyConfigMap: 'policy', ...options }) });
const service = (options: Partial<OpaServiceOptions> = {}, workload?: GatewayWorkload) =>
  world({ authorization: OpaAuthorization.service({ host: HOST, ...options }), workload });

/** The pods, and the entry that the mesh configuration needs. */
const pod = (options?: Partial<OpaSidecarOptions>) => sidecar(options).manifests().only({ kind: 'Deployment' }).spec;
function provider({ exit }: { exit: any }) {
  return exit.node.findChild('Opa').extensionProvider;
}

test('is asked about the calls of this gateway, and about nothing else: neither what passes unread nor the kubelet’s probe', () => {
  const { exit, clients, manifests } = sidecar();
  exit.grant('A', {
    hosts: ['a.example'],
    ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()],
    clients,
  });
  expect(manifests().only({ kind: 'AuthorizationPolicy', name: 'istio-egress.opa.authorization' }).spec).toEqual({
    selector: { matchLabels: { istio: 'istio-egress' } },
    action: 'CUSTOM',
    provider: { name: 'opa-istio-egress' },
    rules: [{ to: [{ operation: { ports: ['8080'] } }] }],
  });
});

test('the grants stay as they are beside it', () => {
  const policies = sidecar().manifests().find({ kind: 'AuthorizationPolicy' });
  expect(policies.map(({ metadata, spec }) => [metadata.name, spec.action])).toEqual([
    ['istio-egress', undefined],
    ['istio-egress.opa.authorization', 'CUSTOM'],
  ]);
});

test('a client namespace may be called as it is', () => {
  const { exit, manifests } = sidecar();
  const clients = [EgressClient.namespace('opa')];
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients });
  manifests().has({ kind: 'AuthorizationPolicy', name: 'istio-egress.opa' }, { spec: { action: 'ALLOW' } });
});

test('what the mesh configuration needs has a name without dots, and refuses while OPA is away', () => {
  const { envoyExtAuthzGrpc, name } = provider(world({ ...sidecarOf(), name: 'crm', namespace: 'net' }));
  expect(name).toBe('opa-crm-net');
  expect(envoyExtAuthzGrpc).toEqual({
    service: 'net/opa.crm.net.internal',
    port: 9191,
    timeout: '1s',
    failOpen: false,
    statusOnError: '403',
  });
  expect(provider(sidecar({ allowWhileUnavailable: true })).envoyExtAuthzGrpc.failOpen).toBe(true);
});

const sidecarOf = () => ({ authorization: OpaAuthorization.sidecar({ policyConfigMap: 'policy' }) });

test('the proxy finds OPA in its own pod, and nobody else does', () => {
  sidecar()
    .manifests()
    .has(
      { kind: 'ServiceEntry', name: 'istio-egress.opa.authorization' },
      {
        spec: {
          exportTo: ['.'],
          hosts: ['opa.istio-egress.istio-egress.internal'],
          ports: [{ number: 9191, protocol: 'GRPC' }],
          resolution: 'STATIC',
          endpoints: [{ address: '127.0.0.1' }],
        },
      },
    );
});

test('runs beside the proxy without privileges, with your policy, which it reads again when it changes', () => {
  const { containers, volumes } = pod().template.spec;
  const [, opa, ...others] = containers;
  expect(others).toEqual([]);
  expect(opa).toMatchObject({
    image: expect.stringMatching(/^openpolicyagent\/opa:.*-envoy$/),
    readinessProbe: { httpGet: { path: '/health?plugins', port: 8282 } },
    securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  });
  expect(opa.args).toEqual(expect.arrayContaining(['--watch', '--addr=127.0.0.1:8181', '/policy']));
  expect(volumes).toContainEqual({ name: 'opa-policy', configMap: { name: 'policy' } });
  expect(pod({ image: 'registry.corp.example/opa:1' }).template.spec.containers[1].image).toBe(
    'registry.corp.example/opa:1',
  );
});

test('the rule that decides is yours; another one takes other pods', () => {
  const config = (options?: Partial<OpaSidecarOptions>) =>
    parse(sidecar(options).manifests().only({ kind: 'ConfigMap' }).data['config.yaml']);
  const checksum = (options?: Partial<OpaSidecarOptions>) => pod(options).template.metadata.annotations['checksum/opa'];
  expect(config().plugins.envoy_ext_authz_grpc).toEqual({ addr: '127.0.0.1:9191', path: 'istio/authz/allow' });
  expect(config({ decision: 'crm/decide' }).plugins.envoy_ext_authz_grpc.path).toBe('crm/decide');
  expect(checksum()).not.toBe(checksum({ decision: 'crm/decide' }));
  expect(checksum()).toBe(checksum());
});

test('credentials of calls come into its log only if that is asked for', () => {
  const config = (options?: Partial<OpaSidecarOptions>) =>
    sidecar(options).manifests().only({ kind: 'ConfigMap' }).data['config.yaml'];
  expect(config()).not.toContain('decision_logs');
  expect(parse(config({ decisionLog: true })).decision_logs).toEqual({ console: true });
});

test('behind a Service it changes nothing of the pods', () => {
  const made = service({ port: 9292 });
  expect(provider(made).envoyExtAuthzGrpc).toMatchObject({ service: `policy/${HOST}`, port: 9292 });
  const manifests = made.manifests();
  for (const kind of ['ConfigMap', 'ServiceEntry']) manifests.countIs({ kind }, 0);
  expect(manifests.only({ kind: 'Deployment' }).spec.template.spec.containers).toHaveLength(1);
});

test('a name that is no Service’s is looked up in the namespace that is said, so that no other’s counts', () => {
  const host = 'opa.corp.example';
  expect(provider(service({ host, namespace: 'edge' })).envoyExtAuthzGrpc.service).toBe('edge/opa.corp.example');
  expect(() => service({ host })).toThrow(failing('HostSyntax', 'set `namespace`'));
  expect(() => service({ host: 'a.opa.policy.svc.cluster.local' })).toThrow(failing('HostSyntax', 'set `namespace`'));
  expect(() => service({ host, namespace: 'a/b' })).toThrow(failing('NameSyntax', 'namespace'));
});

test('of pods that exist already the port of the calls has to be known, and they take no sidecar', () => {
  const existing = (options = {}) => GatewayWorkload.existing({ labels: { a: 'b' }, service: 'gw', ...options });
  expect(() => service({}, existing())).toThrow(failing('ExitCannotCarry', 'httpTargetPort'));
  const { spec } = service({}, existing({ httpTargetPort: 8080 }))
    .manifests()
    .only({ kind: 'AuthorizationPolicy', name: 'istio-egress.opa.authorization' });
  expect(spec.rules).toEqual([{ to: [{ operation: { ports: ['8080'] } }] }]);
  const workload = existing({ httpTargetPort: 8080 });
  expect(() => world({ ...sidecarOf(), workload })).toThrow(failing('ExitCannotCarry', 'sidecar'));
});

test.each([
  [() => sidecar({ policyConfigMap: 'My Policy' }), 'NameSyntax', 'policyConfigMap'],
  [() => sidecar({ decision: 'allow' }), 'NameSyntax', 'decision'],
  [() => sidecar({ decision: 'data.istio.authz.allow' }), 'NameSyntax', 'decision'],
  [() => service({ host: 'opa' }), 'HostSyntax', 'opa'],
  [() => service({ host: `${HOST}:9191` }), 'HostSyntax', '9191'],
  [() => service({ port: 0 }), 'OutOfRange', ''],
])('refuses %s', (make, code, part) => {
  expect(make).toThrow(failing(code, part));
});

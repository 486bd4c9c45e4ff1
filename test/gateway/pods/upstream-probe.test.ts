import { Duration } from 'cdk8s';
import { EgressPort, GatewayWorkload, OpaAuthorization, TlsCredential, UpstreamProbe, UpstreamTls } from '../../../src';
import { failing, world } from '../../fixtures';

const probed = (upstreamProbe: UpstreamProbe) => world({ upstreamProbe });

const NAME = 'istio-egress.upstream.probe';

test('a command in the pod asks once, through the gateway, for the one path of the upstream', () => {
  const { exit, clients, manifests } = probed({ path: '/status/200', failureThreshold: 3 });
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.tlsOrigination()], clients });
  const [{ readinessProbe }] = manifests().only({ kind: 'Deployment' }).spec.template.spec.containers;
  expect(readinessProbe).toEqual({
    exec: {
      command: [
        'pilot-agent',
        'wait',
        '--url=http://127.0.0.1:8081/upstream/ready',
        '--requestTimeoutMillis=5000',
        '--timeoutSeconds=1',
        '--periodMillis=600',
      ],
    },
    periodSeconds: 10,
    timeoutSeconds: 7,
    failureThreshold: 3,
  });
  manifests().has(
    { kind: 'VirtualService', name: NAME },
    { spec: { http: [{ rewrite: { uri: '/status/200', authority: 'a.example' }, retries: { attempts: 0 } }] } },
  );
});

test('nobody outside of the pod can ask, and within it there is one path, and only GET', () => {
  const { exit, clients, manifests } = probed({ path: '/up' });
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.tlsOrigination()], clients });
  expect(manifests().only({ kind: 'Gateway', name: 'istio-egress' }).spec.servers).toHaveLength(1);
  expect(manifests().only({ kind: 'Gateway', name: 'istio-egress-upstream-probe' }).spec).toEqual({
    selector: { istio: 'istio-egress' },
    servers: [{ bind: '127.0.0.1', port: { name: 'probe', number: 8081, protocol: 'HTTP' }, hosts: ['./127.0.0.1'] }],
  });
  const { spec } = manifests().only({ kind: 'VirtualService', name: NAME });
  expect(spec).toMatchObject({ gateways: ['istio-egress-upstream-probe'], hosts: ['127.0.0.1'] });
  expect(spec.http.map(({ match }: any) => match)).toEqual([[{ port: 8081, uri: { exact: '/upstream/ready' } }]]);
  expect(manifests().only({ kind: 'AuthorizationPolicy', name: NAME }).spec.rules).toEqual([
    {
      from: [{ source: { ipBlocks: ['127.0.0.1'] } }],
      to: [{ operation: { ports: ['8081'], methods: ['GET'], paths: ['/upstream/ready'] } }],
    },
  ]);
  for (const { spec: service } of manifests().find({ kind: 'Service' })) {
    expect(service.ports.map(({ targetPort }: any) => targetPort)).toEqual([8080]);
  }
});

test('the upstream sends the command nowhere else', () => {
  const { exit, clients, manifests } = probed({ path: '/up' });
  const headers = { requestSet: { authorization: 'key' }, responseSet: { location: 'http://other.example/' } };
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.tlsOrigination({ headers })], clients });
  const [route] = manifests().only({ kind: 'VirtualService', name: NAME }).spec.http;
  expect(route.headers.request.set).toEqual({ authorization: 'key' });
  expect(route.headers.response).toEqual({ remove: ['location'] });
});

test('the upstream is asked as the calls ask it: same TLS, its own name, without the mesh’s headers', () => {
  const { exit, clients, manifests } = probed({ path: '/up', timeout: Duration.seconds(2) });
  const ports = [
    EgressPort.tlsOrigination({ tls: UpstreamTls.mutual(TlsCredential.named('bank')), upstreamPort: 8443 }),
  ];
  exit.grant('A', { hosts: ['a.example'], ports, clients });
  const [route] = manifests().only({ kind: 'VirtualService', name: NAME }).spec.http;
  expect(route).toMatchObject({
    rewrite: { uri: '/up', authority: 'a.example:8443' },
    route: [{ destination: { host: 'a.example', port: { number: 8443 }, subset: 'port-80' } }],
    timeout: '2s',
  });
  expect(route.headers.request.remove).toContain('x-forwarded-for');
});

test('a blip takes no pod out, and a pod starts whether the upstream answers or not', () => {
  const { exit, clients, manifests } = probed({ path: '/up' });
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients });
  const [{ readinessProbe, startupProbe }] = manifests().only({ kind: 'Deployment' }).spec.template.spec.containers;
  expect(readinessProbe).toMatchObject({ periodSeconds: 10, failureThreshold: 6 });
  expect(startupProbe.httpGet).toEqual({ path: '/healthz/ready', port: 15021 });
});

test('OPA is not asked about the probe', () => {
  const authorization = OpaAuthorization.sidecar({ policyConfigMap: 'policy' });
  const { exit, clients, manifests } = world({ upstreamProbe: { path: '/up' }, authorization });
  exit.grant('A', { hosts: ['a.example'], ports: [EgressPort.http()], clients });
  const [{ to }] = manifests().only({ kind: 'AuthorizationPolicy', name: 'istio-egress.opa.authorization' }).spec.rules;
  expect(to[0].operation.ports).not.toContain('8081');
});

test('pods that exist already have a probe of their own', () => {
  const workload = GatewayWorkload.existing({ labels: { a: 'b' }, service: 'gw' });
  expect(() => world({ workload, upstreamProbe: { path: '/up' } })).toThrow(
    failing('ExitCannotCarry', 'upstreamProbe'),
  );
});

test.each(['', 'status', '/a b', '/a?b', '/a#b', undefined])('refuses the path %j', (path) => {
  expect(() => probed({ path: path as string })).toThrow(failing('ProbeSyntax'));
});

test('refuses times that the kubelet cannot keep', () => {
  expect(() => probed({ path: '/', period: Duration.millis(500) })).toThrow(failing('OutOfRange', 'period'));
  expect(() => probed({ path: '/', failureThreshold: 0 })).toThrow(failing('OutOfRange', 'failureThreshold'));
});

test('a probe without an upstream to ask is an error', () => {
  const { app, exit, clients } = probed({ path: '/' });
  expect(() => app.synthYaml()).toThrow('[ProbeSyntax] platform/Exit/Probe');
  exit.grant('Raw', { hosts: ['a.example'], ports: [EgressPort.tlsPassthrough()], clients });
  expect(() => app.synthYaml()).toThrow('[ProbeSyntax]');
});

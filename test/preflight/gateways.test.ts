import { AFTER, applied, BEFORE, documents, findings, found, networking, OURS } from './given';

const gateway = (hosts: string[], port: object, tls?: string, created = AFTER, name = 'mallory/take') =>
  networking(
    'Gateway',
    name,
    { selector: { istio: 'istio-egress' }, servers: [{ hosts, port, ...(tls && { tls: { mode: tls } }) }] },
    created,
  );
const HTTPS = { name: 'x', number: 80, protocol: 'HTTPS' };
const HTTP = { name: 'x', number: 80, protocol: 'HTTP' };

describe('servers that Envoy cannot tell apart, as istiod’s generator makes them', () => {
  test.each([
    ['every host', gateway(['*'], HTTPS, 'ISTIO_MUTUAL')],
    ['every host of its namespace', gateway(['mallory/*'], HTTPS, 'ISTIO_MUTUAL')],
    ['every host of every namespace', gateway(['*/*'], HTTPS, 'ISTIO_MUTUAL')],
    ['HTTP, newer than ours', gateway(['*'], HTTP)],
  ])('%s', (_, cluster) => {
    expect(found(applied(cluster))).toEqual(['error GatewayListenerRefused Gateway mallory/take']);
  });
});

describe('TLS that passes through, on a port and host of ours', () => {
  const LOGIN = documents(
    OURS.replace(
      'tls: { mode: ISTIO_MUTUAL } }\n---',
      'tls: { mode: ISTIO_MUTUAL } }\n    - { hosts: [./login.example.com], port: { name: tls, number: 443, protocol: TLS }, tls: { mode: ISTIO_MUTUAL } }\n---',
    ),
    networking('VirtualService', 'istio-egress/login', {
      hosts: ['login.example.com'],
      gateways: ['istio-egress'],
      exportTo: ['.'],
      tcp: [{ route: [{ destination: { host: 'login.example.com' } }] }],
    }),
  );
  const route = (host: string) =>
    networking('VirtualService', 'mallory/take', {
      hosts: [host],
      gateways: ['take'],
      tls: [{ match: [{ sniHosts: [host] }], route: [{ destination: { host } }] }],
    });
  const through = (host: string) => gateway([host], { name: 'x', number: 443, protocol: 'TLS' }, 'PASSTHROUGH');

  test.each([
    ['the same host', 'login.example.com', 'login.example.com', 'error GatewayListenerRefused'],
    [
      'a pattern, whose route is for the same host',
      '*.example.com',
      'login.example.com',
      'error GatewayListenerRefused',
    ],
    ['a pattern', '*.example.com', '*.example.com', 'warning GatewayOnOurPods'],
  ])('%s', (_, host, sni, expected) => {
    expect(found(documents(through(host), route(sni)), LOGIN)).toEqual([`${expected} Gateway mallory/take`]);
  });

  test('the same host, without a route', () => {
    expect(found(through('login.example.com'), LOGIN)).toEqual(['warning GatewayOnOurPods Gateway mallory/take']);
  });
});

describe('servers that istiod leaves out', () => {
  test.each([
    ['HTTP, older than ours', gateway(['*'], HTTP, undefined, BEFORE)],
    ['TCP, older than ours', gateway(['*'], { ...HTTP, protocol: 'TCP' }, undefined, BEFORE)],
    ['HTTP on the port of the pods, older than ours', gateway(['*'], { ...HTTP, number: 8080 }, undefined, BEFORE)],
    ['the same host of the same namespace', gateway(['istio-egress/*'], HTTPS, 'ISTIO_MUTUAL')],
  ])('%s', (_, cluster) => {
    expect(found(applied(cluster))).toEqual(['error GatewayServerSkipped Gateway mallory/take']);
  });

  test('says whose server is left out', () => {
    const [older] = findings(applied(gateway(['*'], HTTP, undefined, BEFORE)));
    expect(older.what).toContain('leaves out the server of Gateway istio-egress/istio-egress');
    const [newer] = findings(applied(gateway(['istio-egress/*'], HTTPS, 'ISTIO_MUTUAL')));
    expect(newer.what).toContain('leaves out the server of Gateway mallory/take');
  });

  test('takes what has no time for older than what is not applied yet', () => {
    const cluster = networking('Gateway', 'mallory/take', {
      selector: { istio: 'istio-egress' },
      servers: [{ hosts: ['*'], port: HTTP }],
    });
    expect(found(cluster)).toEqual(['error GatewayServerSkipped Gateway mallory/take']);
  });
});

test('a server that names what sidecars ask for takes their calls', () => {
  const cluster = gateway(['*.istio-egress.svc.cluster.local'], HTTPS, 'ISTIO_MUTUAL');
  expect(found(applied(cluster))).toEqual(['error GatewayCallsTaken Gateway mallory/take']);
  expect(findings(applied(cluster))[0].affects).toContain('api.stripe.com:80 from payments');
});

describe('a Gateway that is in nobody’s way', () => {
  const other = gateway(['www.example.com'], HTTPS, 'ISTIO_MUTUAL');

  test('is a warning on our own pods', () => {
    expect(found(applied(other))).toEqual(['warning GatewayOnOurPods Gateway mallory/take']);
  });

  test('is nothing with other labels', () => {
    expect(found(applied(other.replace('"istio":"istio-egress"', '"istio":"ingressgateway"')))).toEqual([]);
  });
});

test('pods that nobody dumped are those with the labels of our selector', () => {
  const without = OURS.split('---')
    .filter((text) => !text.includes('kind: Deployment'))
    .join('---');
  const [finding] = findings(gateway(['*'], HTTP, undefined, BEFORE), without);
  expect(finding.what).toContain('on port 8080 of the pods istio=istio-egress in istio-egress');
});

const istiod = (value?: string) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'istiod', namespace: 'istio-system', labels: { app: 'istiod' } },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'discovery',
              env: [...(value ? [{ name: 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE', value }] : [])],
            },
          ],
        },
      },
    },
  });
const closing = (spec: object, namespace = 'istio-system') =>
  networking('AuthorizationPolicy', `${namespace}/closed`, spec).replace('networking.istio.io', 'security.istio.io');

describe('a policy of the root namespace that closes the exit before its own are there', () => {
  const OPEN = ['warning ExitsNotClosed Deployment istio-system/istiod'];
  const labels = (app: string) => ({ selector: { matchLabels: { app } } });

  test.each([
    ['is missed', '', OPEN],
    ['is there, for its pods', closing(labels('istio-egress')), []],
    ['is there, for all', closing({}), []],
    ['is for other pods', closing(labels('x')), OPEN],
    ['is no policy of the root namespace', closing({}, 'istio-egress'), OPEN],
    ['allows something', closing({ rules: [{ to: [{ operation: { ports: ['1'] } }] }] }), OPEN],
  ])('%s', (_, policy, expected) => {
    const said = found(documents(istiod('true'), policy));
    expect(said.filter((line) => line.includes('ExitsNotClosed'))).toEqual(expected);
  });
});

describe('PILOT_SCOPE_GATEWAY_TO_NAMESPACE', () => {
  const take = gateway(['*'], HTTP, undefined, BEFORE);

  test('ends Gateways of other namespaces, read from istiod or told', () => {
    expect(found(documents(take, istiod('true'), closing({})))).toEqual([]);
    expect(found(take, OURS, { scopedGateways: true })).toEqual([]);
  });

  test('does not end those of the exit’s own namespace', () => {
    const inside = gateway(['*'], HTTP, undefined, BEFORE, 'istio-egress/take');
    expect(found(inside, OURS, { scopedGateways: true })).toEqual([
      'error GatewayServerSkipped Gateway istio-egress/take',
    ]);
  });

  test('is missed where istiod is there without it', () => {
    expect(found(documents(istiod(), closing({})))).toEqual([
      'warning GatewayNotScoped Deployment istio-system/istiod',
    ]);
  });

  test('ends ours where it stands apart from its pods', () => {
    const pods = OURS.replaceAll(
      'namespace: istio-egress }\nspec:\n  template',
      'namespace: edge }\nspec:\n  template',
    );
    expect(pods).not.toBe(OURS);
    expect(found('', pods, { scopedGateways: true })).toContain(
      'error GatewayOutOfScope Gateway istio-egress/istio-egress',
    );
    expect(found('', pods)).not.toContain('error GatewayOutOfScope Gateway istio-egress/istio-egress');
  });
});

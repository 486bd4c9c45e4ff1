import { AFTER, applied, BEFORE, documents, EXIT, findings, found, networking, ON_8080, OURS } from './given';

const port = (number: number, protocol: string) => ({ name: `p-${number}`, number, protocol });
const entry = (name: string, host: string, ports: object[], more: object = {}, created = BEFORE) =>
  networking('ServiceEntry', name, { hosts: [host], ports, resolution: 'DNS', ...more }, created);
const TLS = [port(443, 'TLS')];

describe('what the exit’s gateway takes our host for', () => {
  test.each([
    [
      'an older one says otherwise where it is',
      'istio-egress/x',
      { exportTo: ['.'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.1' }] },
      'says otherwise where the host is',
    ],
    [
      'an older one has resolution NONE',
      'istio-egress/x',
      { exportTo: ['.'], resolution: 'NONE' },
      'no gateway can serve resolution NONE',
    ],
    [
      'one is exported to the gateway by name',
      'other/x',
      { exportTo: ['istio-egress'], resolution: 'NONE' },
      'no gateway can serve resolution NONE',
    ],
    [
      'one has DYNAMIC_DNS',
      'istio-egress/x',
      { exportTo: ['.'], resolution: 'DYNAMIC_DNS' },
      'do not serve DYNAMIC_DNS',
    ],
  ])('%s', (_, name, more, what) => {
    const [finding] = findings(applied(entry(name, 'api.stripe.com', TLS, more)));
    expect(finding).toMatchObject({ code: 'ServiceEntryTakesHost', severity: 'error' });
    expect(finding.what).toContain(what);
  });

  test('an older one without our port, to which ours is not added', () => {
    const without = entry('istio-egress/x', 'api.stripe.com', [port(80, 'HTTP')], {
      resolution: 'STATIC',
      exportTo: ['.'],
    });
    expect(findings(applied(without))[0].what).toContain('has no port 443');
  });

  test('an older one with another protocol', () => {
    const [finding] = findings(
      applied(entry('istio-egress/x', 'api.stripe.com', [port(443, 'HTTP')], { exportTo: ['.'] })),
    );
    expect(finding.what).toContain('its port 443 is http, where ours is tls');
  });

  test.each([
    ['a newer one', entry('istio-egress/x', 'api.stripe.com', TLS, { exportTo: ['.'], resolution: 'NONE' }, AFTER)],
    [
      'an older one of the same kind for another port',
      entry('istio-egress/x', 'api.stripe.com', [port(80, 'HTTP')], { exportTo: ['.'] }),
    ],
    ['one that says the same', entry('istio-egress/x', 'api.stripe.com', TLS, { exportTo: ['.'] })],
    ['one that it does not see', entry('other/x', 'api.stripe.com', TLS, { exportTo: ['.'], resolution: 'NONE' })],
  ])('is ours beside %s', (_, cluster) => {
    expect(found(applied(cluster))).toEqual([]);
  });
});

describe('what sidecars take our host for', () => {
  test.each(['TCP', 'TLS'])('%s on our port, seen by the client, hides our route', (protocol) => {
    expect(found(entry('other/x', 'api.stripe.com', [port(80, protocol)]))).toEqual([
      'error ServiceEntryHidesRoute ServiceEntry other/x',
    ]);
  });

  test('HTTP on our port does not', () => {
    expect(found(entry('other/x', 'api.stripe.com', [port(80, 'HTTP')]))).toEqual([]);
  });

  test('an entry of the client’s namespace hides ours that stands elsewhere', () => {
    const elsewhere = ON_8080.replace(
      "name: payments-search, namespace: payments }\nspec:\n  exportTo: ['.']\n  hosts: [search.example.com]\n  ports",
      "name: payments-search, namespace: shared }\nspec:\n  exportTo: ['*']\n  hosts: [search.example.com]\n  ports",
    );
    expect(elsewhere).not.toBe(ON_8080);
    const cluster = entry('payments/x', 'search.example.com', TLS, { exportTo: ['.'] });
    expect(found(cluster, documents(OURS, elsewhere))).toContain(
      'error ServiceEntryHidesRoute ServiceEntry payments/x',
    );
    expect(found(cluster, documents(OURS, ON_8080))).not.toContain(
      'error ServiceEntryHidesRoute ServiceEntry payments/x',
    );
  });
});

describe('addresses that sidecars of a client listen on', () => {
  const at = (more: object = {}, ports = [port(80, 'TCP')]) =>
    entry('other/x', 'whatever.example.com', ports, { addresses: ['192.0.2.7'], resolution: 'STATIC', ...more });
  const finding = 'warning ServiceEntryTakesAddress ServiceEntry other/x';

  test.each([
    ['everywhere', {}],
    ['in the client’s namespace', { exportTo: ['payments'] }],
  ])('take what is sent to them: seen %s', (_, more) => {
    expect(found(at(more))).toEqual([finding]);
  });

  test.each([
    ['on another port', at({}, [port(9000, 'TCP')])],
    ['as HTTP, which goes by its host', at({}, [port(80, 'HTTP')])],
    ['that the client does not see', at({ exportTo: ['elsewhere'] })],
    ['without addresses', at({ addresses: [] })],
  ])('do not: %s', (_, cluster) => {
    expect(found(cluster)).not.toContain(finding);
  });
});

describe('ports that our routes do not lead', () => {
  test.each([
    ['a public entry', entry('other/x', 'api.stripe.com', TLS)],
    ['a pattern', entry('other/x', '*.stripe.com', TLS, { resolution: 'NONE' })],
  ])('leave directly by %s', (_, cluster) => {
    const [finding, ...more] = findings(cluster);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'HostLeavesDirectly', severity: 'warning' });
    expect(finding.affects).toEqual(['api.stripe.com:443 from payments']);
  });

  test.each([
    ['without endpoints', entry('other/x', 'api.stripe.com', TLS, { resolution: 'STATIC' })],
    ['that the client does not see', entry('other/x', 'api.stripe.com', TLS, { exportTo: ['.'] })],
    ['for another host', entry('other/x', 'api.example.com', TLS)],
    [
      'that a route of somebody leads',
      documents(
        entry('other/x', 'api.stripe.com', TLS),
        networking('VirtualService', 'other/x', {
          hosts: ['api.stripe.com'],
          tls: [
            { match: [{ port: 443, sniHosts: ['api.stripe.com'] }], route: [{ destination: { host: 'gateway' } }] },
          ],
        }),
      ),
    ],
  ])('do not leave by an entry %s', (_, cluster) => {
    expect(found(cluster)).toEqual([]);
  });
});

describe('an entry that ours hides', () => {
  const ours = documents(OURS, ON_8080);

  test('loses the ports that only it has', () => {
    const [finding, ...more] = findings(entry('other/x', 'search.example.com', TLS), ours);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'HostHidden', severity: 'warning' });
    expect(finding.affects).toEqual(['search.example.com:443 from payments']);
  });

  test.each([
    ['has no other port', entry('other/x', 'search.example.com', [port(8080, 'HTTP')])],
    ['is not seen there anyway', entry('other/x', 'search.example.com', TLS, { exportTo: ['.'] })],
  ])('loses nothing where it %s', (_, cluster) => {
    expect(found(cluster, ours)).toEqual([]);
  });
});

describe('TCP without addresses', () => {
  const database = (more: object = {}) =>
    documents(
      networking('ServiceEntry', 'payments/db', {
        hosts: ['db.example.com'],
        exportTo: ['.'],
        ports: [port(5432, 'TCP')],
        resolution: 'DNS',
        ...more,
      }),
      networking('VirtualService', 'payments/db', {
        hosts: ['db.example.com'],
        exportTo: ['.'],
        tcp: [{ match: [{ port: 5432 }], route: [{ destination: { host: EXIT, port: { number: 80 } } }] }],
      }),
    );
  const other = entry('other/x', 'other.example.com', [port(5432, 'TCP')]);

  test('on one port with another host', () => {
    expect(found(other, documents(OURS, database()))).toEqual(['error TcpHostOnPort ServiceEntry other/x']);
  });

  test('is told apart by an address, or by a port', () => {
    expect(found(other, documents(OURS, database({ addresses: ['240.0.0.1'] })))).toEqual([]);
    expect(found(entry('other/x', 'other.example.com', [port(5433, 'TCP')]), documents(OURS, database()))).toEqual([]);
  });
});

describe('a host that is the short name of a Service', () => {
  const service = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'stripe', namespace: 'com' },
    spec: { ports: [{ name: 'http', port: 80 }] },
  });

  test('takes the Service’s calls', () => {
    expect(found(service, OURS.replaceAll('hosts: [api.stripe.com]', 'hosts: [stripe.com]'))).toContain(
      'error HostIsService Service com/stripe',
    );
    expect(found(service)).toEqual([]);
  });
});

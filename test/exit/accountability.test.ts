import { ApiObject, Chart } from 'cdk8s';
import fc from 'fast-check';
import {
  Accountability,
  AdmissionGuard,
  EgressClient,
  EgressGateway,
  EgressPort,
  EgressWaypoint,
  IngressGateway,
  IngressProxy,
  HttpEgress,
  SidecarExit,
  TcpEgress,
  TlsCredential,
  TlsOriginationEgress,
  TlsPassthroughEgress,
  UpstreamProxy,
} from '../../src';
import { failing, world } from '../fixtures';

const WHOSE = { owner: 'team-pay', reason: 'charges cards', ticket: 'PAY-12', expires: '2027-01-31' };
const host = 'a.example.com';
const hosts = [host];
const shop = EgressClient.serviceAccount('shop', 'web');

/** What an object says of who answers for it. */
function said(object: ApiObject | undefined): Accountability {
  const annotations: Record<string, string> = object!.toJson().metadata.annotations ?? {};
  const ours = Object.entries(annotations).filter(([name]) => name.startsWith('cdk8s-istio-egress/'));
  return Object.fromEntries(ours.map(([name, value]) => [name.split('/')[1], value]));
}

/** The objects of an app that say who answers, as "Kind namespace/name". */
function saying({ manifests }: Pick<ReturnType<typeof world>, 'manifests'>): string[] {
  return manifests()
    .all.filter(({ metadata }) => metadata.annotations?.['cdk8s-istio-egress/expires'] === WHOSE.expires)
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)
    .sort();
}

const AT_GATEWAY = `istio-egress/istio-egress.${host}`;
const AT_CLIENT = `payments/payments.${host}`;

test.each<[string, (of: ReturnType<typeof world>) => void, string[]]>([
  [
    'HttpEgress',
    ({ chart, exit, clients }) => new HttpEgress(chart, 'A', { hosts, exit, clients, ...WHOSE }),
    [
      `DestinationRule ${AT_GATEWAY}`,
      `ServiceEntry ${AT_GATEWAY}`,
      `VirtualService ${AT_GATEWAY}`,
      `VirtualService ${AT_CLIENT}`,
    ],
  ],
  [
    'TlsOriginationEgress',
    ({ chart, exit, clients }) => new TlsOriginationEgress(chart, 'A', { hosts, exit, clients, ...WHOSE }),
    [
      `DestinationRule ${AT_GATEWAY}`,
      `ServiceEntry ${AT_GATEWAY}`,
      `VirtualService ${AT_GATEWAY}`,
      `VirtualService ${AT_CLIENT}`,
    ],
  ],
  [
    'TlsPassthroughEgress',
    ({ chart, exit, clients }) => new TlsPassthroughEgress(chart, 'A', { hosts, exit, clients, ...WHOSE }),
    [
      `ServiceEntry ${AT_GATEWAY}`,
      `ServiceEntry ${AT_CLIENT}`,
      `VirtualService istio-egress/istio-egress.443.${host}`,
      `VirtualService ${AT_CLIENT}`,
    ],
  ],
  [
    'TcpEgress',
    ({ chart, exit, clients }) => new TcpEgress(chart, 'A', { hosts, port: 5432, exit, clients, ...WHOSE }),
    [
      `ServiceEntry ${AT_GATEWAY}`,
      `ServiceEntry ${AT_CLIENT}`,
      `VirtualService istio-egress/istio-egress.5432.${host}`,
      `VirtualService ${AT_CLIENT}`,
    ],
  ],
  [
    'a declaration through an imported exit',
    ({ chart, clients }) =>
      new TlsOriginationEgress(chart, 'A', { hosts, exit: EgressGateway.imported(), clients, ...WHOSE }),
    [`VirtualService ${AT_CLIENT}`],
  ],
  [
    'a grant',
    ({ exit, clients }) => exit.grant('A', { hosts, ports: [EgressPort.http()], clients, ...WHOSE }),
    [`DestinationRule ${AT_GATEWAY}`, `ServiceEntry ${AT_GATEWAY}`, `VirtualService ${AT_GATEWAY}`],
  ],
  [
    'a declaration through sidecars',
    ({ chart }) =>
      new TlsOriginationEgress(chart, 'A', {
        hosts,
        exit: new SidecarExit(),
        clients: [EgressClient.namespace('payments')],
        ...WHOSE,
      }),
    [`DestinationRule ${AT_CLIENT}`, `ServiceEntry ${AT_CLIENT}`, `VirtualService ${AT_CLIENT}`],
  ],
  [
    'a declaration through a waypoint',
    ({ chart, platform, clients }) => {
      const exit = new EgressWaypoint(platform, 'Waypoint', { namespace: 'waypoints' });
      new TlsOriginationEgress(chart, 'A', { hosts, exit, clients, ...WHOSE });
    },
    ['AuthorizationPolicy', 'DestinationRule', 'ServiceEntry', 'VirtualService'].map(
      (kind) => `${kind} waypoints/egress-waypoint.${host}`,
    ),
  ],
  [
    'UpstreamProxy',
    ({ chart, exit, clients }) =>
      new UpstreamProxy(chart, 'A', {
        host: 'our.example',
        upstreamHost: host,
        exit,
        clients,
        ingress: { gateway: IngressGateway.imported(), credential: TlsCredential.named('our-tls') },
        ...WHOSE,
      }),
    [
      'DestinationRule istio-egress/istio-egress.our.example',
      'Gateway istio-system/istio-egress-our-example',
      'ServiceEntry istio-egress/istio-egress.our.example',
      'VirtualService istio-egress/istio-egress.our.example',
      'VirtualService istio-system/istio-egress-our-example',
      'VirtualService payments/payments.our.example',
    ],
  ],
  [
    'IngressProxy',
    ({ chart }) =>
      new IngressProxy(chart, 'A', {
        hosts,
        ports: [EgressPort.tlsOrigination()],
        ingress: IngressGateway.imported(),
        ...WHOSE,
      }),
    [
      `DestinationRule istio-system/payments-a.${host}`,
      'Gateway istio-system/payments-a',
      `ServiceEntry istio-system/payments-a.${host}`,
      `VirtualService istio-system/payments-a.${host}`,
    ],
  ],
])('%s says who answers on the objects of its hosts', (_, declare, expected) => {
  const app = world();
  declare(app);
  expect(saying(app)).toEqual([...expected].sort());
});

test('all four are said as they are given', () => {
  const { chart, exit, clients } = world();
  const egress = new HttpEgress(chart, 'A', { hosts, exit, clients, ...WHOSE });
  expect(said(egress.clientHop('payments').virtualServices[0])).toEqual(WHOSE);
  expect(said(exit.host(host).serviceEntry)).toEqual(WHOSE);
});

test('objects that a later declaration brings say the same', () => {
  const { chart, exit, clients } = world();
  new TlsPassthroughEgress(chart, 'A', { hosts, exit, clients, ...WHOSE });
  const later = new HttpEgress(chart, 'B', { hosts, exit, clients });
  expect(said(exit.host(host).virtualService)).toEqual(WHOSE);
  expect(said(later.clientHops[0].virtualServices[0])).toEqual(WHOSE);
});

test("teams that share the objects beside an exit are all named there, with the earliest end; each team's own objects name it alone", () => {
  const { chart, exit, clients } = world();
  const one = new HttpEgress(chart, 'A', { hosts, exit, clients, ...WHOSE });
  const other = new HttpEgress(chart, 'B', { hosts, exit, clients: [shop], owner: 'shop', expires: '2026-12-01' });
  expect(said(exit.host(host).virtualService)).toEqual({ ...WHOSE, owner: 'shop; team-pay', expires: '2026-12-01' });
  expect(said(one.clientHops[0].virtualServices[0])).toEqual(WHOSE);
  expect(said(other.clientHops[0].virtualServices[0])).toEqual({ owner: 'shop', expires: '2026-12-01' });
});

test('a waypoint beside a gateway shares what it says', () => {
  const { chart, platform, exit, clients } = world();
  const waypoint = new EgressWaypoint(platform, 'Waypoint', { namespace: 'istio-egress', beside: exit });
  new HttpEgress(chart, 'A', { hosts, exit, clients, owner: 'one' });
  new HttpEgress(chart, 'B', { hosts, exit: waypoint, clients: [shop], owner: 'two' });
  expect(said(waypoint.host(host).serviceEntry)).toEqual({ owner: 'one; two' });
  expect(said(waypoint.host(host).authorizationPolicy)).toEqual({ owner: 'two' });
});

const answers: fc.Arbitrary<Accountability> = fc.record(
  {
    owner: fc.constantFrom('a', 'b', 'c'),
    reason: fc.constantFrom('x', 'y'.repeat(1000), 'z'.repeat(1000)),
    expires: fc.constantFrom('2027-01-31', '2026-12-01', '2028-02-29'),
  },
  { requiredKeys: [] },
);

test('what shared objects say does not depend on the order of declarations', () => {
  const sharedBy = (declared: Accountability[]) => {
    const { chart, exit, clients } = world();
    declared.forEach((whose, index) => new HttpEgress(chart, `A${index}`, { hosts, exit, clients, ...whose }));
    return said(exit.host(host).virtualService);
  };
  const pair = fc
    .array(answers, { minLength: 2, maxLength: 5 })
    .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
  fc.assert(
    fc.property(pair, ([list, shuffled]) => expect(sharedBy(shuffled)).toEqual(sharedBy(list))),
    { numRuns: 30 },
  );
});

test('what many say together stays within what an object can hold', () => {
  const { chart, exit, clients } = world();
  for (let index = 10; index < 40; index++) {
    new HttpEgress(chart, `A${index}`, { hosts, exit, clients, reason: `${index}${'x'.repeat(498)}` });
  }
  const { reason } = said(exit.host(host).virtualService);
  expect(reason).toMatch(/^10x+; 11x+; 12x+; and 27 more$/);
});

test.each<[string, Accountability, string]>([
  ['an empty text', { owner: '' }, '`owner`'],
  ['white space alone', { reason: ' ' }, '`reason`'],
  ['white space at an end', { ticket: 'PAY-1 ' }, '`ticket`'],
  ['a second line', { reason: 'one\ntwo' }, '`reason`'],
  ['a line separator', { reason: 'one\u2028two' }, '`reason`'],
  ['a control character', { owner: 'a\u0007b' }, '`owner`'],
  ['half of a character', { owner: 'a\ud83d' }, '`owner`'],
  ['text that is shown in another order', { owner: 'a\u202eb' }, '`owner`'],
  ['a long owner', { owner: 'a'.repeat(254) }, '253'],
  ['a long reason', { reason: 'a'.repeat(1001) }, '1000'],
  ['a long ticket', { ticket: 'a'.repeat(254) }, '253'],
  ['an empty day', { expires: '' }, '`expires`'],
  ['a day that there is none of', { expires: '2027-02-29' }, '`expires`'],
  ['a month that there is none of', { expires: '2027-13-01' }, '`expires`'],
  ['a time', { expires: '2027-01-31T00:00:00Z' }, '`expires`'],
  ['a short form', { expires: '2027-1-31' }, '`expires`'],
  ['a day with a line behind it', { expires: '2027-01-31\n' }, '`expires`'],
])('%s is refused', (_, whose, part) => {
  const { chart, exit, clients } = world();
  expect(() => new HttpEgress(chart, 'A', { hosts, exit, clients, ...whose })).toThrow(
    failing('AccountabilitySyntax', part),
  );
  expect(() => exit.grant('A', { hosts, ports: [EgressPort.http()], clients, ...whose })).toThrow(
    failing('AccountabilitySyntax', part),
  );
  const ingress = IngressGateway.imported();
  const ports = [EgressPort.tlsOrigination()];
  expect(() => new IngressProxy(chart, 'B', { hosts, ports, ingress, ...whose })).toThrow(
    failing('AccountabilitySyntax', part),
  );
});

test.each(['team-pay@corp.example', 'Zahlungen & Größen', '支払い', 'a "quoted": text #1', '2027-01-31', 'null'])(
  'the owner %s stands in the manifest as it is',
  (owner) => {
    const { chart, exit, clients, manifests } = world();
    new HttpEgress(chart, 'A', { hosts, exit, clients, owner, expires: '2028-02-29' });
    const { annotations } = manifests().only({ kind: 'VirtualService', namespace: 'payments' }).metadata;
    expect(annotations).toEqual({ 'cdk8s-istio-egress/owner': owner, 'cdk8s-istio-egress/expires': '2028-02-29' });
  },
);

test.each([7, null, ['a'], new Date(0)])('the owner %p, which is no text, is refused', (owner) => {
  const { chart, exit, clients } = world();
  const props = { hosts, exit, clients, owner } as any;
  expect(() => new HttpEgress(chart, 'A', props)).toThrow(failing('WrongType', 'owner'));
});

test('it wins over annotations of that name in `metadata`', () => {
  const { chart, exit, clients } = world();
  const name = 'cdk8s-istio-egress/owner';
  const metadata = { annotations: { [name]: 'other', mine: 'kept' } };
  const egress = new HttpEgress(chart, 'A', { hosts, exit, clients, metadata, owner: 'team-pay' });
  const { annotations } = egress.clientHops[0].virtualServices[0]!.toJson().metadata;
  expect(annotations).toEqual({ [name]: 'team-pay', mine: 'kept' });
});

test('it stands beside the mark of an AdmissionGuard', () => {
  const { platform, chart, exit, clients } = world();
  new AdmissionGuard(platform, 'Admission');
  const egress = new HttpEgress(chart, 'A', { hosts, exit, clients, owner: 'team-pay' });
  expect(said(egress.clientHops[0].virtualServices[0])).toEqual({ owner: 'team-pay', admission: 'egress-guard' });
});

test('without any of it, nothing is said', () => {
  const { chart, exit, clients, manifests } = world();
  new HttpEgress(new Chart(chart, 'deep'), 'A', { hosts, exit, clients });
  const texts = JSON.stringify(manifests().all);
  expect(texts).not.toMatch(/cdk8s-istio-egress\/(owner|reason|ticket|expires)/);
});

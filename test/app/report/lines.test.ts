import {
  Egress,
  EgressClient,
  EgressGateway,
  EgressPort,
  EgressProps,
  HttpRule,
  IngressGateway,
  IngressProxy,
} from '../../../src';
import { world } from '../../fixtures';

/** The line that describes a declaration. */
function line(props: Partial<EgressProps>): string {
  const { app, exit, chart, clients } = world();
  new Egress(chart, 'A', { hosts: ['a.example'], exit, clients, ports: [EgressPort.http()], ...props });
  return Egress.describe(app)[0];
}

const allow = HttpRule.allow({ methods: ['GET'] });
const deny = HttpRule.deny({ paths: ['/admin/*'] });

test.each([
  [undefined, ''],
  [[allow], ', only what a rule allows'],
  [[deny], ', without what a rule denies'],
  [[allow, allow, deny, deny], ', only what 2 rules allow, without what 2 rules deny'],
  [[deny, allow.dryRun()], ', without what a rule denies, a rule is tried out'],
  [[allow.dryRun(), deny.dryRun()], ', 2 rules are tried out'],
])('says what rules do (%#)', (rules, end) => {
  expect(line({ rules })).toBe(
    `payments/A: payments/checkout → istio-egress/istio-egress (mutual TLS) → a.example (HTTP 80 → HTTP 80, not encrypted beyond the exit)${end}`,
  );
});

test.each<[Partial<EgressProps>, string]>([
  [{ owner: 'team-pay' }, ', owner team-pay'],
  [{ ticket: 'PAY-17', expires: '2027-06-30' }, ', ticket PAY-17, expires 2027-06-30'],
  [{ reason: 'charges cards', owner: 'team-pay' }, ', owner team-pay, reason: charges cards'],
])('says who answers for it (%#)', (whose, end) => {
  expect(line(whose)).toMatch(new RegExp(`beyond the exit\\)${end}$`));
});

test('says who answers for what is served to callers outside', () => {
  const { app, chart } = world();
  const [ports, ingress] = [[EgressPort.tlsOrigination()], IngressGateway.imported()];
  const hosts = ['status.example.com'];
  new IngressProxy(chart, 'Status', { hosts, ports, ingress, owner: 'team-web', expires: '2027-06-30' });
  expect(Egress.describe(app).find((text) => text.includes('Status'))).toMatch(/, owner team-web, expires 2027-06-30$/);
  expect(Egress.report(app).notes).toContainEqual(
    expect.objectContaining({ path: 'payments/Status', owner: 'team-web', expires: '2027-06-30' }),
  );
});

test('says of every port how it goes on', () => {
  const ports = [EgressPort.tcp(22), EgressPort.tlsPassthrough({ upstreamPort: 8443 })];
  expect(line({ ports })).toContain(
    "(TCP 22 → 22, as the application encrypts it; TLS 443 → 8443, the application's own)",
  );
});

test('says aloud where nobody checks who calls', () => {
  expect(line({ ports: [EgressPort.tlsPassthroughWithoutIdentity()] })).toContain(
    'istio-egress/istio-egress (mutual TLS, but on port 443 nobody checks who calls)',
  );
});

test('says where calls go if it is not the host', () => {
  expect(line({ endpoints: [{ address: '192.0.2.7' }, { address: 'edge.example' }] })).toContain(
    '→ a.example at 192.0.2.7, edge.example (HTTP',
  );
});

test('rules and endpoints beside an imported exit are not described: its owner says what holds', () => {
  const text = line({
    exit: EgressGateway.imported(),
    clients: [EgressClient.namespace('payments')],
    rules: [allow],
    endpoints: [{ address: '192.0.2.7' }],
  });
  expect(text).toContain('→ a.example (HTTP 80, beyond the exit as its owner grants)');
  expect(text).not.toContain('rule');
});

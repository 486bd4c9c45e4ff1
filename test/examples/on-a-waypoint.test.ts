/** Examples for sidecars with an EgressWaypoint where their EgressGateway is, and nothing else changed. */
import { App, Testing } from 'cdk8s';
import { failover } from '../../examples/failover/chart';
import { httpAndHttps } from '../../examples/http-and-https/chart';
import { httpEgress } from '../../examples/http-egress/chart';
import { platformRepo as multiTeamPlatform } from '../../examples/multi-team/platform';
import { paymentsRepo as multiTeamPayments, shopRepo as multiTeamShop } from '../../examples/multi-team/teams';
import { paymentsRepo, platformRepo } from '../../examples/mutual-tls-origination/chart';
import { tcpDatabase } from '../../examples/tcp-database/chart';
import { tlsOrigination } from '../../examples/tls-origination/chart';
import { tlsPassthrough } from '../../examples/tls-passthrough/chart';
import { wildcard } from '../../examples/wildcard/chart';
import { Manifests } from '../../src/assertions';
import { failing } from '../fixtures';

jest.mock('cdk8s-istio-egress', () => {
  const library = jest.requireActual('cdk8s-istio-egress');
  return { ...library, EgressGateway: library.EgressWaypoint };
});

function synthesized(...repos: ((app: App) => void)[]): Manifests {
  const app = Testing.app() as App;
  for (const repo of repos) repo(app);
  return Manifests.fromApp(app);
}

test.each([
  ['http-egress', [httpEgress], ['edition.cnn.com'], ['newsroom']],
  ['http-and-https', [httpAndHttps], ['edition.cnn.com'], ['newsroom']],
  ['tls-origination', [tlsOrigination], ['api.stripe.com', 'search.example.com'], ['payments', 'shop']],
  ['mutual-tls-origination', [platformRepo, paymentsRepo], ['api.bank.example'], ['payments']],
  ['failover', [failover], ['api.vendor.example.com'], ['shop']],
  ['multi-team', [multiTeamPlatform, multiTeamPayments, multiTeamShop], ['api.stripe.com'], ['payments', 'shop']],
])('%s goes through the waypoint', (_, repos, hosts, clients) => {
  const manifests = synthesized(...repos);
  const entries = manifests.find({ kind: 'ServiceEntry', namespace: 'istio-egress' });
  expect(entries.flatMap(({ spec }) => spec.hosts)).toEqual(expect.arrayContaining(hosts));
  for (const { metadata } of entries) {
    expect(metadata.labels).toEqual({ 'istio.io/use-waypoint': 'egress-waypoint' });
    const policies = manifests.find({ kind: 'AuthorizationPolicy', namespace: 'istio-egress' });
    const about = policies.filter(({ spec }) => spec.targetRefs[0].name === metadata.name);
    expect(about.map(({ spec }) => spec.rules?.length > 0)).toContain(true);
  }
  manifests.countIs({ kind: 'Deployment', namespace: 'istio-egress' }, 0);
  for (const namespace of clients) manifests.countIs({ namespace }, 0);
});

test.each([
  ['tls-passthrough', tlsPassthrough, 'ExitCannotCarry', 'every hop in ambient has an identity'],
  ['tcp-database', tcpDatabase, 'UnaskedBytes', 'use an EgressGateway'],
  ['wildcard', wildcard, 'HostWildcard', 'endpoints'],
])('%s is refused, and the error says why', (_, example, code, reason) => {
  expect(() => synthesized(example)).toThrow(failing(code, reason));
});

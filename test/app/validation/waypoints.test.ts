import { ApiObject, App, Chart, Testing } from 'cdk8s';
import {
  DelegatedEgressWaypoint,
  EgressGateway,
  EgressClient,
  EgressWaypoint,
  HttpEgress,
  EgressExit,
} from '../../../src';

const synth = (declare: (chart: Chart, call: (host: string, exit: EgressExit) => void) => void) => () => {
  const app = Testing.app() as App;
  const chart = new Chart(app, 'platform');
  declare(chart, (host, exit) => {
    const clients = [EgressClient.namespace('payments')];
    new HttpEgress(chart, `${host} ${exit.namespace}/${exit.exitName}`, { hosts: [host], exit, clients });
  });
  app.synthYaml();
};

describe('a wildcard and a host below it at two waypoints', () => {
  const at = (namespace: string) =>
    synth((chart, call) => {
      call('*.wiki.example', new EgressWaypoint(chart, 'One', { name: 'one' }));
      call('fr.wiki.example', new EgressWaypoint(chart, 'Two', { name: 'two', namespace }));
    });

  test('of one namespace take each other’s routes', () => {
    expect(at('istio-egress')).toThrow(/\[HostOnTwoExits\].* fr\.wiki\.example is below \*\.wiki\.example/);
  });

  test('of two namespaces do not', () => {
    expect(at('other-egress')).not.toThrow();
  });
});

describe('sidecars in the namespace of a waypoint', () => {
  const led = (host: string) =>
    synth((chart, call) => {
      call('*.wiki.example', new DelegatedEgressWaypoint(chart, 'Own', { namespace: 'payments' }));
      call(host, new EgressGateway(chart, 'Exit'));
    });

  test('are not led to its hosts by routes that it would take', () => {
    expect(led('fr.wiki.example')).toThrow(/\[ClientHopConflict\].* \*\.wiki\.example/);
  });

  test.each([
    [['*'], undefined, true],
    [['fr.wiki.example'], ['mesh', 'mine'], true],
    [['fr.wiki.example'], ['mine'], false],
    [['wiki.example'], undefined, false],
  ])('by hand, for %j on %j: %s', (hosts, gateways, taken) => {
    const written = synth((chart, call) => {
      call('*.wiki.example', new EgressWaypoint(chart, 'Exit'));
      const metadata = { name: 'mine', namespace: 'istio-egress' };
      const spec = { hosts, gateways };
      new ApiObject(chart, 'Mine', {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata,
        ...{ spec },
      });
    });
    const expected = expect(written);
    if (taken) expected.toThrow('[ClientHopConflict]');
    else expected.not.toThrow();
  });

  test('are led to others', () => {
    expect(led('bank.example')).not.toThrow();
  });
});

import { ApiObject, Chart, Testing } from 'cdk8s';
import { Egress, EgressClient, EgressGateway, EgressPort, Mesh, SidecarExit } from '../../src';
import { openTcp } from '../fixtures';

// Not a matter of taste: see `manifest`. With ids of their own, thousands of hosts took three times as long.
test('the objects of one host have the same ids as those of another', () => {
  const app = Testing.app();
  Mesh.configure(app, { dnsProxying: true });
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
  const shop = new Chart(app, 'shop');
  const ports = [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough(), openTcp(5432)];
  const idsOf = (host: string) => {
    const clients = [EgressClient.namespace('shop')];
    const through = new Egress(shop, host, { hosts: [host], exit, clients, ports });
    const direct = new Egress(shop, `direct ${host}`, {
      hosts: [`www.${host}`],
      exit: new SidecarExit(),
      clients,
      ports,
    });
    const scopes = [through, direct, exit.node.findAll().find(({ node }) => node.id === host)!];
    const objects = scopes.flatMap((scope) => scope.node.findAll().filter((node) => ApiObject.isApiObject(node)));
    return objects.map(({ node }) => node.id);
  };
  const first = idsOf('a.example.com');
  expect(first.length).toBeGreaterThan(8);
  expect(idsOf('b.example.com')).toEqual(first);
});

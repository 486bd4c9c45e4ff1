import { App, Chart } from 'cdk8s';
import { Egress, EgressClient, EgressGateway, EgressPort, SidecarExit, TlsPassthroughEgress } from 'cdk8s-istio-egress';

/** Many names: of one server through the exit, of any server from the sidecar. */
export function wildcard(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');
  const reading = new Chart(app, 'reading');
  const clients = [EgressClient.namespace('reading')];

  // One server stands behind every language, called by http:// and by https://.
  new Egress(reading, 'Wikipedia', {
    hosts: ['*.wikipedia.org'],
    endpoints: [{ address: 'www.wikipedia.org' }],
    exit,
    clients,
    ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()],
  });

  // Each name is another server: only the caller's own sidecar can look them up, and nothing is enforced there.
  new TlsPassthroughEgress(reading, 'Blogs', { hosts: ['*.blogs.example.com'], exit: new SidecarExit(), clients });
}

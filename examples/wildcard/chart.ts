import { App, Chart } from 'cdk8s';
import {
  EgressClient,
  EgressGateway,
  SidecarExit,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from 'cdk8s-istio-egress';

/** Many names: of one server through the exit, of any server from the sidecar. */
export function wildcard(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');
  const reading = new Chart(app, 'reading');
  const clients = [EgressClient.namespace('reading')];

  // One server stands behind every language: the exit asks for nothing but its name.
  const wikipedia = { hosts: ['*.wikipedia.org'], endpoints: [{ address: 'www.wikipedia.org' }], exit, clients };
  new TlsPassthroughEgress(reading, 'Wikipedia', wikipedia);
  new TlsOriginationEgress(reading, 'WikipediaText', wikipedia);

  // Each name is another server: only the caller's own sidecar can look them up, and nothing is enforced there.
  new TlsPassthroughEgress(reading, 'Blogs', { hosts: ['*.blogs.example.com'], exit: new SidecarExit(), clients });
}

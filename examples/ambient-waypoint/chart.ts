import { App, Chart } from 'cdk8s';
import { AmbientNamespace, Egress, EgressClient, EgressPort, EgressWaypoint, HttpRule } from 'cdk8s-istio-egress';

/** An ambient mesh: one waypoint for egress, and what may pass it, call by call. */
export function ambientWaypoint(app: App): void {
  const platform = new Chart(app, 'platform');
  new AmbientNamespace(platform, 'Bookinfo', { name: 'bookinfo' });
  const exit = new EgressWaypoint(platform, 'Waypoint');

  // The application calls http://httpbin.org; the waypoint adds a header, speaks TLS, and lets nothing else through.
  const bookinfo = new Chart(app, 'bookinfo');
  new Egress(bookinfo, 'Httpbin', {
    hosts: ['httpbin.org'],
    exit,
    clients: [EgressClient.serviceAccount('bookinfo', 'productpage')],
    ports: [EgressPort.tlsOrigination({ headers: { requestAdd: { 'my-added-header': 'added-value' } } })],
    rules: [HttpRule.allow({ methods: ['GET'], paths: ['/get', '/status/*'] })],
  });

  // HTTPS of the application's own, and a database. The waypoint waits for the caller's first byte, as PostgreSQL does.
  new Egress(bookinfo, 'Partner', {
    hosts: ['partner.example.com'],
    exit,
    clients: [EgressClient.namespace('bookinfo')],
    ports: [EgressPort.tlsPassthrough(), EgressPort.tcp(5432)],
  });
}

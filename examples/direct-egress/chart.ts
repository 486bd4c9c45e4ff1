import { App, Chart, Duration } from 'cdk8s';
import { Egress, EgressClient, EgressPort, HttpRetries, SidecarExit, TlsOriginationEgress } from 'cdk8s-istio-egress';

/** Straight out of the sidecar, where it matters that hosts are known, and not who calls. */
export function directEgress(app: App): void {
  const exit = new SidecarExit();
  const clients = [EgressClient.namespace('tools')];
  const tools = new Chart(app, 'tools');

  new TlsOriginationEgress(tools, 'Weather', {
    hosts: ['weather.example.com'],
    exit,
    clients,
    timeout: Duration.seconds(5),
    retries: HttpRetries.idempotent(2),
  });

  new Egress(tools, 'Packages', {
    hosts: ['packages.example.com'],
    exit,
    clients,
    ports: [EgressPort.http(), EgressPort.tlsPassthrough()],
  });
}

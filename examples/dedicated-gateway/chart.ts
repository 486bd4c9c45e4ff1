import { App, Chart } from 'cdk8s';
import {
  DedicatedEgressGateway,
  EgressClient,
  GatewayInstallation,
  GatewayWorkload,
  TlsOriginationEgress,
} from 'cdk8s-istio-egress';

/** A legacy service with a gateway of its own, on nodes of its own, that is ready while the service answers. */
export function dedicatedGateway(app: App, installation = GatewayInstallation.INJECTED): void {
  const chart = new Chart(app, 'ledger', { namespace: 'ledger-egress' });
  const exit = new DedicatedEgressGateway(chart, 'LedgerEgress', {
    hosts: ['ledger.legacy.example.com'],
    upstreamProbe: { path: '/status/200' },
    workload: GatewayWorkload.managed({
      installation,
      minReplicas: 2,
      maxReplicas: 4,
      nodeSelector: { 'nodes.example.com/egress': 'yes' },
      tolerations: [{ key: 'nodes.example.com/egress', effect: 'NoSchedule' }],
    }),
  });

  new TlsOriginationEgress(chart, 'Ledger', {
    hosts: ['ledger.legacy.example.com'],
    exit,
    clients: [EgressClient.serviceAccount('accounting', 'bookkeeper')],
  });
}

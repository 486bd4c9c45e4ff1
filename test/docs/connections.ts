import { Chart, Duration } from 'cdk8s';
import { Egress, EgressClient, EgressPort, EgressExit, TlsOriginationEgress } from 'cdk8s-istio-egress';

/** Two places of a service: the pods of the exit prefer the nearer one, and leave it when it fails. */
export function ledger(chart: Chart, exit: EgressExit): void {
  new TlsOriginationEgress(chart, 'Ledger', {
    hosts: ['ledger.example.com'],
    endpoints: [
      { address: '192.0.2.10', locality: 'eu-west/a' },
      { address: '2001:db8::10', locality: 'eu-west/b' },
    ],
    outlierDetection: { consecutiveFailures: 3, maxEjectionPercent: 100 },
    connectionLimits: { maxConnections: 100, maxPendingRequests: 20, connectTimeout: Duration.seconds(2) },
    exit,
    clients: [EgressClient.serviceAccount('payments', 'checkout')],
  });
}

/** Four fifths of the connections to one server, the rest to another. */
export function weighted(chart: Chart, exit: EgressExit): void {
  new Egress(chart, 'Reports', {
    hosts: ['reports.example.com'],
    endpoints: [
      { address: 'old.example.com', weight: 80 },
      { address: 'new.example.com', weight: 20 },
    ],
    exit,
    clients: [EgressClient.serviceAccount('payments', 'checkout')],
    ports: [EgressPort.tlsPassthrough()],
  });
}

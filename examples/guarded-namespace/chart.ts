import { App, Chart } from 'cdk8s';
import {
  AdmissionGuard,
  EgressAccessLog,
  EgressClient,
  EgressGateway,
  EgressGuard,
  ExitGuard,
  GuardedNamespaces,
  GuardMode,
  InCluster,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from 'cdk8s-istio-egress';

/** Two namespaces from which nothing leaves except what is declared, in several layers. */
export function guardedNamespace(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');

  // Hand-written ways out: refused in the guarded namespaces, only recorded in all others.
  const admission = new AdmissionGuard(platform, 'Admission', { mode: GuardMode.OBSERVE });
  new EgressGuard(platform, 'Guard', {
    namespaces: GuardedNamespaces.named(['payments', 'shop']),
    inCluster: InCluster.namespaces(['.', 'orders']),
    admission,
  });
  new ExitGuard(platform, 'ExitGuard', { exit, clusterRanges: ['10.244.0.0/16', '10.96.0.0/16'] });
  new EgressAccessLog(platform, 'AccessLog', { exit });

  // What the guards let out follows from here.
  const payments = new Chart(app, 'payments');
  new TlsOriginationEgress(payments, 'Stripe', {
    hosts: ['api.stripe.com'],
    exit,
    clients: [EgressClient.serviceAccount('payments', 'checkout')],
  });
  const shop = new Chart(app, 'shop');
  new TlsPassthroughEgress(shop, 'Pictures', {
    hosts: ['pictures.example.com'],
    exit,
    clients: [EgressClient.namespace('shop')],
  });
}

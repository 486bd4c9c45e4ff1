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
  Mesh,
  OutboundTrafficPolicy,
  TlsOriginationEgress,
} from 'cdk8s-istio-egress';

/** How far each namespace is: one word changes per step. */
const NAMESPACES = {
  orders: GuardMode.OBSERVE,
  shop: GuardMode.WARN,
  payments: GuardMode.ENFORCE,
};

/** An open mesh, on the way to a closed one: its namespaces follow one by one. */
export function observeThenEnforce(app: App): void {
  Mesh.configure(app, {
    outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY,
    gatewaysScopedToNamespace: true,
    serviceEntriesScopedToNamespace: true,
    rootNamespaceClosesGateways: true,
  });
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');
  new EgressAccessLog(platform, 'AccessLog', { exit });
  new ExitGuard(platform, 'ExitGuard', { exit, clusterRanges: ['10.244.0.0/16', '10.96.0.0/16'] });

  const admission = new AdmissionGuard(platform, 'Admission', { mode: GuardMode.OBSERVE });
  for (const [namespace, mode] of Object.entries(NAMESPACES)) {
    new EgressGuard(platform, `Guard-${namespace}`, {
      namespaces: GuardedNamespaces.named([namespace]),
      inCluster: InCluster.none(),
      accessLogProvider: 'egress-access-log',
      mode,
      admission,
    });
  }

  const apps = new Chart(app, 'apps');
  new TlsOriginationEgress(apps, 'Stripe', {
    hosts: ['api.stripe.com'],
    exit,
    clients: Object.keys(NAMESPACES).map((namespace) => EgressClient.serviceAccount(namespace, 'web')),
  });
}

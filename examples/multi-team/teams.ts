import { App, Chart } from 'cdk8s';
import { Egress, EgressClient, EgressGateway, EgressPort, TlsOriginationEgress } from 'cdk8s-istio-egress';

/** Where the platform's exit is. */
const exit = EgressGateway.imported();

/** The repo of the payments team. */
export function paymentsRepo(app: App): void {
  new TlsOriginationEgress(new Chart(app, 'payments'), 'Stripe', {
    hosts: ['api.stripe.com'],
    exit,
    clients: [EgressClient.serviceAccount('payments', 'checkout')],
    owner: 'payments@corp.example',
    reason: 'charges the cards of customers',
    ticket: 'PAY-17',
  });
}

/** The repo of the shop team. */
export function shopRepo(app: App): void {
  new TlsOriginationEgress(new Chart(app, 'shop'), 'Stripe', {
    hosts: ['api.stripe.com'],
    exit,
    clients: [EgressClient.namespace('shop')],
    owner: 'shop@corp.example',
    reason: 'shows prices until the catalogue has them',
    ticket: 'SHOP-142',
    expires: '2027-06-30',
  });
}

/** The repo of the billing team, which calls one host by http:// and by https://. */
export function billingRepo(app: App): void {
  new Egress(new Chart(app, 'billing'), 'Reports', {
    hosts: ['reports.example.com'],
    exit,
    clients: [EgressClient.serviceAccount('billing', 'accountant')],
    ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()],
  });
}

import { App, Chart } from 'cdk8s';
import {
  EgressClient,
  EgressGateway,
  EgressPort,
  TlsCredential,
  TlsOriginationEgress,
  UpstreamTls,
} from 'cdk8s-istio-egress';

/** A bank that asks for a client certificate, which only the owner of the exit holds. */
const bank = {
  hosts: ['api.bank.example'],
  clients: [EgressClient.serviceAccount('payments', 'settlement')],
};
const tls = UpstreamTls.mutual(TlsCredential.named('bank-client-certificate'));

/** The platform's repo: the exit, its credential and its consent. */
export function platformRepo(app: App): void {
  const platform = new Chart(app, 'platform');
  const exit = new EgressGateway(platform, 'Exit');
  exit.grant('Bank', { ...bank, ports: [EgressPort.tlsOrigination({ tls })] });
}

/** The application's repo: nothing but the way to the exit. */
export function paymentsRepo(app: App): void {
  const payments = new Chart(app, 'payments');
  new TlsOriginationEgress(payments, 'Bank', { ...bank, tls, exit: EgressGateway.imported() });
}

import { App, Chart } from 'cdk8s';
import { EgressPort, IngressGateway, IngressProxy } from 'cdk8s-istio-egress';

/** Istio as a proxy for callers outside: two external hosts under their own names, which sidecars do not know. */
export function ingressProxy(app: App): void {
  const chart = new Chart(app, 'proxy');
  const ingress = IngressGateway.imported();

  new IngressProxy(chart, 'Httpbin', {
    ingress,
    hosts: ['httpbin.org'],
    ports: [EgressPort.http()],
    paths: ['/status'],
  });

  new IngressProxy(chart, 'Cnn', {
    ingress,
    hosts: ['edition.cnn.com'],
    ports: [EgressPort.tlsPassthrough()],
  });
}

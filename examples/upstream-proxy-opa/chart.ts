import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { EgressClient, IngressGateway, OpaAuthorization, TlsCredential, UpstreamProxy } from 'cdk8s-istio-egress';
import { ConfigMap } from 'cdk8s-plus-28';

/** An external service under our own name, with an Open Policy Agent that decides about each call. */
export function upstreamProxyOpa(app: App): void {
  const chart = new Chart(app, 'httpbin', { namespace: 'httpbin' });

  const policy = new ConfigMap(chart, 'Policy', {
    metadata: { name: 'httpbin-policy' },
    data: { 'policy.rego': readFileSync(join(__dirname, 'policy.rego'), 'utf8') },
  });

  new UpstreamProxy(chart, 'HttpbinEgress', {
    host: 'bin.corp.example',
    upstreamHost: 'httpbin.org',
    ingress: { gateway: IngressGateway.imported(), credential: TlsCredential.named('corp-example-tls') },
    clients: [EgressClient.serviceAccount('apps', 'sleep')],
    authorization: OpaAuthorization.sidecar({ policyConfigMap: policy.name }),
  });
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';
import { EgressClient, IngressGateway, OpaAuthorization, UpstreamProxy, TlsCredential } from 'cdk8s-istio-egress';

/** An external service under our own name, with an Open Policy Agent that decides about each call. */
export function upstreamProxyOpa(app: App): void {
  const chart = new Chart(app, 'httpbin', { namespace: 'httpbin' });

  new ApiObject(chart, 'Policy', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'httpbin-policy' },
    data: { 'policy.rego': readFileSync(join(__dirname, 'policy.rego'), 'utf8') },
  });

  new UpstreamProxy(chart, 'HttpbinEgress', {
    host: 'bin.corp.example',
    upstreamHost: 'httpbin.org',
    ingress: { gateway: IngressGateway.imported(), credential: TlsCredential.named('corp-example-tls') },
    clients: [EgressClient.serviceAccount('apps', 'sleep')],
    authorization: OpaAuthorization.sidecar({ policyConfigMap: 'httpbin-policy' }),
  });
}

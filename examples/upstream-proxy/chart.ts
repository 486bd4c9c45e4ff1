import { App, Chart } from 'cdk8s';
import { EgressClient, IngressGateway, Mesh, TlsCredential, UpstreamProxy } from 'cdk8s-istio-egress';

/** Three external services under our own names, each behind a gateway of its own, for callers inside and outside the mesh. */
export function upstreamProxy(app: App): void {
  const gateway = IngressGateway.imported();
  const clients = [EgressClient.serviceAccount('apps', 'sleep')];
  const upstreamProbe = { path: '/status/200', failureThreshold: 3 };

  const bin = new Chart(app, 'httpbin', { namespace: 'httpbin' });
  new UpstreamProxy(bin, 'HttpbinEgress', {
    host: 'bin.corp.example',
    upstreamHost: 'httpbin.org',
    ingress: { gateway, credential: TlsCredential.named('bin-corp-example-tls') },
    clients,
    upstreamProbe,
  });

  const crm = new Chart(app, 'crm', { namespace: 'crm' });
  new UpstreamProxy(crm, 'CrmEgress', {
    host: 'crm.corp.example',
    upstreamHost: 'crm.vendor.example.com',
    ingress: { gateway, credential: TlsCredential.named('crm-corp-example-tls') },
    upstreamProbe,
  });

  const wiki = new Chart(app, 'wiki', { namespace: 'wiki' });
  // The name of this one is in no DNS: the callers' sidecars answer for it.
  Mesh.configure(wiki, { dnsProxying: true });
  new UpstreamProxy(wiki, 'WikiEgress', {
    host: 'wiki.corp.example',
    upstreamHost: 'wiki.vendor.example.com',
    upstreamPort: 8443,
    clients,
  });
}

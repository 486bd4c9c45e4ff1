import { readDocuments } from '../../src/model/documents';
import { Manifest } from '../../src/model/manifest';
import { Finding } from '../../src/preflight/finding';
import { MeshOptions } from '../../src/preflight/mesh-config';
import { preflight } from '../../src/preflight/preflight';

export const EXIT = 'istio-egress.istio-egress.svc.cluster.local';

/** Ours in all tests: an exit with its pods, one host, and one client's hop to it. */
export const OURS = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: istio-egress.payments, namespace: istio-egress }
spec:
  selector: { matchLabels: { istio: istio-egress } }
  action: ALLOW
  rules:
    - from: [{ source: { namespaces: [payments] } }]
      to: [{ operation: { hosts: [api.stripe.com] } }]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: istio-egress, namespace: istio-egress }
spec:
  selector: { istio: istio-egress }
  servers:
    - { hosts: [./*], port: { name: http, number: 80, protocol: HTTPS }, tls: { mode: ISTIO_MUTUAL } }
---
apiVersion: v1
kind: Service
metadata: { name: istio-egress, namespace: istio-egress }
spec:
  ports: [{ name: http, port: 80, targetPort: 8080 }]
  selector: { istio: istio-egress }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: istio-egress, namespace: istio-egress }
spec:
  template:
    metadata:
      annotations: { inject.istio.io/templates: gateway }
      labels: { app: istio-egress, istio: istio-egress, sidecar.istio.io/inject: 'true' }
    spec: { containers: [{ name: istio-proxy, image: auto }] }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: istio-egress.api.stripe.com, namespace: istio-egress }
spec:
  exportTo: ['.']
  hosts: [api.stripe.com]
  ports: [{ name: tls-443, number: 443, protocol: TLS }]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: istio-egress.api.stripe.com, namespace: istio-egress }
spec:
  exportTo: ['.']
  host: api.stripe.com
  subsets: [{ name: port-80, trafficPolicy: { tls: { mode: SIMPLE, sni: api.stripe.com } } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: istio-egress.api.stripe.com, namespace: istio-egress }
spec:
  exportTo: ['.']
  gateways: [istio-egress]
  hosts: [api.stripe.com]
  http: [{ route: [{ destination: { host: api.stripe.com, port: { number: 443 }, subset: port-80 } }] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: payments-stripe, namespace: payments }
spec:
  exportTo: ['.']
  hosts: [api.stripe.com]
  http:
    - match: [{ port: 80 }]
      route: [{ destination: { host: ${EXIT}, port: { number: 80 } } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: payments.istio-egress, namespace: payments }
spec:
  exportTo: ['.']
  host: ${EXIT}
  trafficPolicy:
    connectionPool: { http: { useClientProtocol: true } }
    tls: { mode: ISTIO_MUTUAL }
`;

/** Ours as an application has it that imports the exit: the client's hop alone. */
export const HOP = OURS.split('---')
  .filter((document) => document.includes('namespace: payments'))
  .join('---');

/** A client's hop for port 8080, which needs a ServiceEntry in the client's namespace. */
export const ON_8080 = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: payments-search, namespace: payments }
spec:
  exportTo: ['.']
  hosts: [search.example.com]
  ports: [{ name: http-8080, number: 8080, protocol: HTTP }]
  resolution: STATIC
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: payments-search, namespace: payments }
spec:
  exportTo: ['.']
  hosts: [search.example.com]
  http:
    - match: [{ port: 8080 }]
      route: [{ destination: { host: ${EXIT}, port: { number: 80 } } }]
`;

export function manifests(text: string, file = 'test.yaml'): Manifest[] {
  const { manifests: read, unreadable } = readDocuments(file, text);
  expect(unreadable).toEqual([]);
  return read;
}

/** An Istio object of the cluster. */
export function networking(kind: string, name: string, spec: unknown, created?: string): string {
  const [namespace, own] = name.split('/');
  const metadata = { namespace, name: own, ...(created && { creationTimestamp: created }) };
  return JSON.stringify({ apiVersion: 'networking.istio.io/v1', kind, metadata, spec });
}

export const documents = (...texts: string[]): string => texts.join('\n---\n');

/** The time of everything of ours in `APPLIED`. */
const NOW = '2025-01-01T00:00:00Z';
export const BEFORE = '2020-01-01T00:00:00Z';
export const AFTER = '2026-01-01T00:00:00Z';

/** A dump of a cluster in which ours is applied already. */
export function applied(...more: string[]): string {
  return documents(OURS.replaceAll('metadata: { name', `metadata: { creationTimestamp: '${NOW}', name`), ...more);
}

export function findings(cluster: string, ours = OURS, options?: MeshOptions): Finding[] {
  return preflight(manifests(cluster, 'cluster.yaml'), manifests(ours, 'ours.yaml'), options);
}

/** Each finding as "severity Code Kind namespace/name". */
export function found(cluster: string, ours = OURS, options?: MeshOptions): string[] {
  return findings(cluster, ours, options).map(({ severity, code, object }) =>
    [severity, code, object.kind, `${object.namespace}/${object.name}`].join(' '),
  );
}

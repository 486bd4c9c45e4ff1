import { KubeObject } from '../api';

/** What the proxy of a pod is; an application's pod may have none. `ztunnel` is not in the pod's own containers. */
export type ProxyRole = 'sidecar' | 'router' | 'waypoint' | 'ztunnel';

/** The container that Istio's injection adds or fills in. */
export const PROXY = 'istio-proxy';

interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: any;
}

const MODE = 'istio.io/dataplane-mode';

const READINESS = { httpGet: { path: '/healthz/ready', port: 15021 }, periodSeconds: 1, failureThreshold: 4 };

/** Whether Istio would inject: the pod's label decides, else the namespace's. */
function isInjected(template: PodTemplate, namespace: KubeObject | undefined): boolean {
  const label = template.metadata?.labels?.['sidecar.istio.io/inject'];
  if (label) return label === 'true';
  const labels = namespace?.metadata.labels ?? {};
  return (
    labels['istio-injection'] === 'enabled' ||
    'istio.io/rev' in labels ||
    'istio.io/rev' in (template.metadata?.labels ?? {})
  );
}

/** Whether Istio's CNI agent would send the pod's traffic to ztunnel: the pod's label decides, else the namespace's. */
function isEnrolled(template: PodTemplate, namespace: KubeObject | undefined): boolean {
  return (template.metadata?.labels?.[MODE] ?? namespace?.metadata.labels?.[MODE]) === 'ambient';
}

/** The role of a pod's proxy, from its template and namespace, as Istio's webhook and CNI agent would decide. */
export function proxyRole(template: PodTemplate, namespace: KubeObject | undefined): ProxyRole | undefined {
  const proxy = template.spec.containers?.find((container: any) => container.name === PROXY);
  // A pod that brings its own proxy arguments, as a Gateway of the Gateway API does, needs no injection.
  const role = proxy?.args?.[0] === 'proxy' ? proxy.args[1] : undefined;
  if (role) return role;
  if (!isInjected(template, namespace)) return isEnrolled(template, namespace) ? 'ztunnel' : undefined;
  return template.metadata?.annotations?.['inject.istio.io/templates'] === 'gateway' ? 'router' : 'sidecar';
}

/** The path under which pilot-agent answers for an application's own probe, which mutual TLS would otherwise refuse. */
export function probePath(container: string): string {
  return `/app-health/${container}/readyz`;
}

/** A sidecar takes over the probes of the application: pilot-agent asks it from inside. */
function rewriteProbe(container: any): any {
  const { httpGet, tcpSocket } = container.readinessProbe ?? {};
  if (!httpGet && !tcpSocket) return container;
  const rewritten = { ...container.readinessProbe, httpGet: { path: probePath(container.name), port: 15020 } };
  delete rewritten.tcpSocket;
  return { ...container, readinessProbe: rewritten };
}

/** The probes that pilot-agent has to ask itself, in the form in which it takes them. */
export function probesOfApplication(containers: any[]): Record<string, unknown> {
  return Object.fromEntries(
    containers
      .filter((container) => container.readinessProbe?.httpGet || container.readinessProbe?.tcpSocket)
      .map(({ name, readinessProbe, ports }) => {
        const { httpGet, tcpSocket, timeoutSeconds } = readinessProbe;
        const number = (port: any) => ports?.find((named: any) => named.name === port)?.containerPort ?? port;
        const probe = httpGet
          ? { httpGet: { ...httpGet, port: number(httpGet.port) } }
          : { tcpSocket: { port: number(tcpSocket.port) } };
        return [probePath(name), { ...probe, timeoutSeconds: timeoutSeconds ?? 1 }];
      }),
  );
}

/** The pod that a template becomes, with Istio's proxy in it where Istio would put it. */
export function injected(template: PodTemplate, namespace: KubeObject | undefined): PodTemplate {
  const role = proxyRole(template, namespace);
  if (!role) return template;
  if (role === 'ztunnel') return annotated(template, { 'bed/proxy': role });
  const original: any[] = template.spec.containers ?? [];
  const own = original.find((container) => container.name === PROXY) ?? { name: PROXY };
  const proxy = {
    readinessProbe: READINESS,
    ...own,
    image: own.image && own.image !== 'auto' ? own.image : 'istio/proxyv2',
  };
  const applications = original.filter((container) => container.name !== PROXY);
  const containers = [...(role === 'sidecar' ? applications.map(rewriteProbe) : applications), proxy];
  return annotated(
    { ...template, spec: { ...template.spec, containers } },
    {
      'sidecar.istio.io/status': '{}', // istiod and analyze take this for "injected"
      'bed/proxy': role,
      'bed/probes': JSON.stringify(probesOfApplication(applications)),
    },
  );
}

function annotated({ metadata, spec }: PodTemplate, annotations: Record<string, string>): PodTemplate {
  return { metadata: { ...metadata, annotations: { ...metadata?.annotations, ...annotations } }, spec };
}

/** A workload of the mesh that makes calls. */
export interface WorkloadOptions {
  readonly namespace: string;
  readonly name: string;
  /** @default - the workload's name */
  readonly serviceAccount?: string;
  /** Whether its pods get one. @default - what their namespace says */
  readonly sidecar?: boolean;
  /** @default - `app` with the workload's name */
  readonly labels?: Record<string, string>;
  /** Annotations of the pods, such as `proxy.istio.io/config`. @default - none */
  readonly annotations?: Record<string, string>;
  /** @default 1 */
  readonly replicas?: number;
}

/** The manifests of a workload: a service account and a Deployment, like anybody's. */
export function workloadManifests(options: WorkloadOptions): object[] {
  const { namespace, name } = options;
  const serviceAccount = options.serviceAccount ?? name;
  const labels = options.labels ?? { app: name };
  const inject = options.sidecar === undefined ? {} : { 'sidecar.istio.io/inject': String(options.sidecar) };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccount, namespace } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        replicas: options.replicas ?? 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, ...inject }, annotations: options.annotations },
          spec: {
            serviceAccountName: serviceAccount,
            containers: [{ name: 'app', image: 'bed/app', ports: [{ containerPort: 8080 }] }],
          },
        },
      },
    },
  ];
}

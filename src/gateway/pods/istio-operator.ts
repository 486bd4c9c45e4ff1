import {
  CONTAINER_PORTS,
  DISRUPTION,
  GRACE_SECONDS,
  MANAGED_TARGET_PORTS,
  podSpec,
  PodSpecProps,
  probes,
  PROXY_ENV,
  SECCOMP_PROFILE,
  tolerations,
  topologySpread,
} from './gateway-pod-spec';
import { autoscaling, OF_EXITS, podAnnotations } from './gateway-pods';
import { Mesh } from '../../mesh/mesh';

/** What Istio's charts assume. */
const DEFAULT_DOMAIN = 'cluster.local';

/**
 * The same gateway as an IstioOperator file for `istioctl manifest generate`. It is a file for a tool, not a manifest: no
 * cluster knows the kind any more. What the format has no field for stands in overlays.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/
 */
export function istioOperator(props: PodSpecProps, mesh: Mesh, carriesOpaque: boolean) {
  const { gateway, options, size, probe } = props;
  const { readinessProbe, startupProbe } = probes(probe);
  const { containers, volumes } = podSpec(props);
  const others = containers.slice(1);
  const inPod = 'spec.template.spec';
  const proxy = `${inPod}.containers.[name:istio-proxy]`;
  return {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    metadata: { name: gateway.exitName },
    spec: {
      profile: 'empty',
      revision: mesh.revision,
      components: {
        egressGateways: [
          {
            name: gateway.exitName,
            // On the component: a namespace at the top does not move a gateway.
            namespace: gateway.namespace,
            enabled: true,
            label: { app: gateway.exitName, ...gateway.selector },
            k8s: {
              replicaCount: size.replicas,
              hpaSpec: size.scaling && autoscaling(gateway.exitName, size.scaling),
              podDisruptionBudget: DISRUPTION,
              resources: size.resources,
              nodeSelector: options.nodeSelector,
              tolerations: tolerations(options),
              priorityClassName: options.priorityClassName,
              podAnnotations: podAnnotations(mesh, props),
              env: PROXY_ENV,
              strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
              service: {
                type: 'ClusterIP',
                ports: [
                  { name: 'http', port: gateway.http.port, targetPort: MANAGED_TARGET_PORTS.http, protocol: 'TCP' },
                  ...(carriesOpaque
                    ? [
                        {
                          name: 'tls',
                          port: gateway.opaque.port,
                          targetPort: MANAGED_TARGET_PORTS.opaque,
                          protocol: 'TCP',
                        },
                      ]
                    : []),
                ],
              },
              overlays: [
                {
                  apiVersion: 'apps/v1',
                  kind: 'Deployment',
                  name: gateway.exitName,
                  patches: [
                    // Here, because the labels of the component select the pods too, and a Deployment's selector never changes.
                    ...OF_EXITS.map(([label, value]) => ({
                      path: `spec.template.metadata.labels.${label.replace(/\./g, '\\.')}`,
                      value,
                    })),
                    { path: `${proxy}.readinessProbe`, value: readinessProbe },
                    { path: `${proxy}.startupProbe`, value: startupProbe },
                    { path: `${proxy}.ports`, value: CONTAINER_PORTS },
                    { path: `${inPod}.terminationGracePeriodSeconds`, value: GRACE_SECONDS },
                    { path: `${inPod}.automountServiceAccountToken`, value: false },
                    { path: `${inPod}.securityContext.seccompProfile`, value: SECCOMP_PROFILE },
                    { path: `${inPod}.topologySpreadConstraints`, value: topologySpread(gateway.selector) },
                    ...others.map((container) => ({ path: `${inPod}.containers[-1]`, value: container })),
                    ...(volumes ?? []).map((volume) => ({ path: `${inPod}.volumes[-1]`, value: volume })),
                  ],
                },
              ],
            },
          },
        ],
      },
      values: {
        global: mesh.clusterDomain === DEFAULT_DOMAIN ? undefined : { proxy: { clusterDomain: mesh.clusterDomain } },
        // Said, because the chart scales where nothing is said.
        gateways: { 'istio-egressgateway': { autoscaleEnabled: size.scaling !== undefined } },
      },
    },
  };
}

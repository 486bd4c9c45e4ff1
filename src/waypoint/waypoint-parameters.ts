import { Yaml } from 'cdk8s';
import { GatewayPodOptions } from '../gateway/pods/gateway-pod-options';
import { DISRUPTION, tolerations, topologySpread } from '../gateway/pods/gateway-pod-spec';
import { GatewaySize } from '../gateway/pods/gateway-size';

/**
 * The sizes of a waypoint, as istiod's deployment controller takes them: patches over the objects that it makes from the Gateway.
 * Autoscaler and disruption budget are made because they are named here.
 *
 * @see istio/istio, pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go
 */
export function waypointParameters(
  name: string,
  size: GatewaySize,
  options: GatewayPodOptions,
): { [key: string]: string } {
  const { scaling } = size;
  const patches = {
    deployment: {
      spec: {
        replicas: size.replicas,
        template: {
          spec: {
            nodeSelector: options.nodeSelector,
            tolerations: tolerations(options),
            priorityClassName: options.priorityClassName,
            topologySpreadConstraints: topologySpread({ 'gateway.networking.k8s.io/gateway-name': name }),
            containers: [{ name: 'istio-proxy', resources: size.resources }],
          },
        },
      },
    },
    podDisruptionBudget: { spec: DISRUPTION },
    horizontalPodAutoscaler: scaling && {
      spec: {
        minReplicas: scaling.min,
        maxReplicas: scaling.max,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: scaling.cpuPercent } },
          },
        ],
      },
    },
  };
  const given = Object.entries(patches).filter(([, patch]) => patch !== undefined);
  // Through JSON, so that what is undefined is left out.
  return Object.fromEntries(given.map(([key, patch]) => [key, Yaml.stringify(JSON.parse(JSON.stringify(patch)))]));
}

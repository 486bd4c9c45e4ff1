import { GatewayPodOptions } from './gateway-pod-options';
import { GatewaySize } from './gateway-size';
import { readinessProbe, ResolvedProbe } from './upstream-probe';
import { OwnGatewayAddress } from '../../exit/address';
import { opaContainer, OpaSidecarOptions } from '../access/opa-authorization';

/** Where managed pods listen. Above 1023, so that they need no privilege to. */
export const MANAGED_TARGET_PORTS = { http: 8080, opaque: 8443 };

const HEALTH = { path: '/healthz/ready', port: 15021 };

/** How long a pod that ends has for the calls that it carries. Envoy stops listening 45 seconds after it has begun to drain. */
export const GRACE_SECONDS = 60;

/** A proxy that ends waits for its last call. By Istio's default it cuts off what takes longer than five seconds. */
export const PROXY_ENV = [{ name: 'EXIT_ON_ZERO_ACTIVE_CONNECTIONS', value: 'true' }];

export const SECCOMP_PROFILE = { type: 'RuntimeDefault' };

/** One pod at a time is taken from a node. Those that are not ready, as while the upstream is down, do not hold up the node. */
export const DISRUPTION = { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' };

/** What the pods of a managed gateway are made from, whichever way they are installed. */
export interface PodSpecProps {
  readonly gateway: OwnGatewayAddress;
  readonly size: GatewaySize;
  readonly options: GatewayPodOptions;
  readonly probe?: ResolvedProbe;
  readonly opa?: OpaSidecarOptions;
}

/** A pod whose proxy Istio's injector fills in. */
export function podSpec(props: PodSpecProps) {
  const { gateway, options } = props;
  const opa = props.opa && opaContainer(gateway.exitName, props.opa);
  return {
    serviceAccountName: gateway.exitName,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: { runAsNonRoot: true, seccompProfile: SECCOMP_PROFILE },
    nodeSelector: options.nodeSelector,
    tolerations: tolerations(options),
    priorityClassName: options.priorityClassName,
    topologySpreadConstraints: topologySpread(gateway.selector),
    containers: [proxyContainer(props), ...(opa ? [opa.container] : [])],
    volumes: opa?.volumes,
  };
}

/** A taint without a value is tolerated whatever its value. */
export function tolerations({ tolerations: given }: GatewayPodOptions) {
  return given?.map(({ key, value, effect }) => ({
    key,
    operator: value === undefined ? 'Exists' : 'Equal',
    value,
    effect,
  }));
}

/** Over zones and nodes, where there are several; a pod that finds no better place starts all the same. */
export function topologySpread(matchLabels: { [key: string]: string }) {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
    // Else the pods that an update replaces are counted too, and the new ones end up together.
    matchLabelKeys: ['pod-template-hash'],
  }));
}

/** The proxy's own readiness or, through it, the upstream's; while it starts, its own alone. */
export function probes(probe?: ResolvedProbe) {
  return {
    readinessProbe: probe
      ? readinessProbe(probe)
      : { httpGet: HEALTH, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 4 },
    startupProbe: { httpGet: HEALTH, periodSeconds: 1, failureThreshold: 60 },
  };
}

/** The ports on which the pods take calls, and the one that monitors look for by its name. */
export const CONTAINER_PORTS = [
  { name: 'http', containerPort: MANAGED_TARGET_PORTS.http, protocol: 'TCP' },
  { name: 'tls', containerPort: MANAGED_TARGET_PORTS.opaque, protocol: 'TCP' },
  { name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' },
];

function proxyContainer({ size, probe }: PodSpecProps) {
  return {
    // The name and the image tell the injector which container to fill in.
    name: 'istio-proxy',
    image: 'auto',
    ports: CONTAINER_PORTS,
    env: PROXY_ENV,
    ...probes(probe),
    resources: size.resources,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
    },
  };
}

export { FastApp } from './app/fast-app';
export { type ConnectionLimits } from './destination/connection-limits';
export { type EgressDestination, type EgressHosts, HostResolution } from './destination/egress-destination';
export { type EgressEndpoint } from './destination/egress-endpoint';
export { EgressPort } from './destination/egress-port';
export { type HttpHeaderRules } from './destination/http-headers';
export { type HttpPortOptions, type TlsOriginationPortOptions } from './destination/http-port';
export { HttpRetries } from './destination/http-retries';
export { type TcpPortOptions, type TlsPassthroughPortOptions } from './destination/opaque-port';
export { type OutlierDetection } from './destination/outlier-detection';
export { UpstreamHttp } from './destination/upstream-http';
export { type SimpleUpstreamTlsOptions, UpstreamTls, type UpstreamTlsOptions } from './destination/upstream-tls';
export { type IClientHop } from './exit/client-hop';
export { type ConnectProxyOptions } from './exit/connect-proxy';
export * from './exit/egress-exit';
export { EgressWaypoint, type EgressWaypointAttributes, type EgressWaypointProps } from './exit/egress-waypoint';
export { DelegatedEgressWaypoint, type DelegatedEgressWaypointProps } from './exit/delegated-egress-waypoint';
export { DedicatedEgressGateway, type DedicatedEgressGatewayProps } from './exit/dedicated-egress-gateway';
export { EgressGateway, type EgressGatewayProps, type EgressGrantOptions } from './exit/egress-gateway';
export { type IExitHop } from './exit/exit-hop';
export { type GatewayResources, type GatewaySizeOptions } from './exit/gateway-size';
export {
  type ExistingGatewayOptions,
  GatewayInstallation,
  type GatewayToleration,
  GatewayWorkload,
  type ManagedGatewayOptions,
} from './exit/gateway-workload';
export { type EgressGatewayAttributes } from './exit/imported-egress-gateway';
export { type IWaypointHop } from './exit/waypoint-hop';
export { Installation } from './exit/installation';
export {
  OpaAuthorization,
  type OpaOptions,
  type OpaServiceOptions,
  type OpaSidecarOptions,
} from './exit/opa-authorization';
export { SidecarExit } from './exit/sidecar-exit';
export { type UpstreamProbe } from './exit/upstream-probe';
export { AdmissionGuard, type AdmissionGuardProps } from './guard/admission-guard';
export { type ClusterServices, type ProxyBackend } from './guard/cluster-services';
export { EgressGuard } from './guard/egress-guard';
export { type EgressGuardProps } from './guard/egress-guard-props';
export { ExitGuard, type ExitGuardProps } from './guard/exit-guard';
export { GuardMode } from './guard/guard-mode';
export { GuardedNamespaces } from './guard/guarded-namespaces';
export { InCluster } from './guard/in-cluster';
export { AmbientNamespace, type AmbientNamespaceProps } from './mesh/ambient-namespace';
export { Mesh } from './mesh/mesh';
export { type MeshSettings, OutboundTrafficPolicy } from './mesh/mesh-settings';
export { EgressAccessLog, type EgressAccessLogProps } from './observe/egress-access-log';
export { Egress, type EgressOptions, type EgressProps } from './pattern/egress';
export * from './pattern/http-egress';
export * from './pattern/tcp-egress';
export * from './pattern/tls-origination-egress';
export * from './pattern/tls-passthrough-egress';
export { EgressClient } from './policy/egress-client';
export { HttpRule, type HttpRuleMatch } from './policy/http-rule';
export { IngressGateway, type IngressGatewayAttributes } from './publish/ingress-gateway';
export * from './publish/ingress-proxy';
export * from './publish/upstream-proxy';

export * as assertions from './assertions';

// The generated L1: what no construct above covers. One submodule per API group.
export * as extensions from '../imports/extensions.istio.io';
export * as gatewayApi from '../imports/gateway.networking.k8s.io';
export * as networking from '../imports/networking.istio.io';
export * as security from '../imports/security.istio.io';
export * as telemetry from '../imports/telemetry.istio.io';

export { FastApp } from './fast-app/fast-app';
export { type ConnectionLimits } from './destination/connection-limits';
export { type EgressDestination, type EgressHosts, type TcpAddresses } from './destination/egress-destination';
export { HostResolution, type UpstreamOptions } from './destination/upstream';
export { type EgressEndpoint } from './destination/egress-endpoint';
export { EgressPort } from './destination/egress-port';
export { type HttpHeaderRules } from './destination/http-headers';
export { type HttpPortOptions, type TlsOriginationPortOptions, UpstreamHttp } from './destination/http-port';
export { HttpRetries } from './destination/http-retries';
export { type TcpPortOptions, type TlsPassthroughPortOptions } from './destination/opaque-port';
export { type OutlierDetection } from './destination/outlier-detection';
export { TlsCredential } from './destination/tls-credential';
export { type SimpleUpstreamTlsOptions, UpstreamTls, type UpstreamTlsOptions } from './destination/upstream-tls';
export { type IClientHop } from './exit/client-hop';
export { type ConnectProxyOptions } from './gateway/connect-proxy';
export { EgressExit } from './exit/egress-exit';
export { type Accountability } from './exit/accountability';
export { type EgressGrantOptions } from './exit/egress-grant';
export { EgressWaypoint, type EgressWaypointAttributes, type EgressWaypointProps } from './waypoint/egress-waypoint';
export { DelegatedEgressWaypoint, type DelegatedEgressWaypointProps } from './waypoint/delegated-egress-waypoint';
export { DedicatedEgressGateway, type DedicatedEgressGatewayProps } from './gateway/dedicated-egress-gateway';
export { EgressGateway } from './gateway/egress-gateway';
export { type EgressGatewayProps } from './gateway/egress-gateway-props';
export { type IGatewayHost } from './gateway/gateway-host';
export { type GatewayResources, type GatewaySizeOptions } from './gateway/pods/gateway-size';
export { type GatewayPodOptions, type GatewayToleration } from './gateway/pods/gateway-pod-options';
export { type GatewayServiceOptions } from './gateway/pods/gateway-services';
export {
  type ExistingGatewayOptions,
  GatewayInstallation,
  GatewayWorkload,
  type ManagedGatewayOptions,
} from './gateway/pods/gateway-workload';
export { type EgressGatewayAttributes } from './gateway/imported-egress-gateway';
export { type IWaypointHost } from './waypoint/waypoint-host';
export { Installation } from './app/installation';
export {
  type EgressReport,
  type ReportedInstallation,
  type ReportedNote,
  type ReportedPrecondition,
} from './app/report/egress-report';
export {
  type ReportedClient,
  type ReportedDeclaration,
  type ReportedExit,
  ReportedExitKind,
} from './app/report/reported-declaration';
export {
  ReportedEncryption,
  type ReportedPort,
  ReportedProtocol,
  type ReportedVerification,
} from './app/report/reported-port';
export { type ReportedRule, ReportedRuleAction } from './app/report/reported-rule';
export {
  OpaAuthorization,
  type OpaOptions,
  type OpaServiceOptions,
  type OpaSidecarOptions,
} from './gateway/access/opa-authorization';
export { SidecarExit } from './sidecar/sidecar-exit';
export { type UpstreamProbe } from './gateway/pods/upstream-probe';
export { AdmissionGuard } from './guard/admission-guard';
export { type AdmissionGuardProps } from './guard/admission-guard-props';
export { type ClusterServices, type ProxyBackend } from './guard/cluster-services';
export { EgressGuard } from './guard/egress-guard';
export { type EgressGuardProps } from './guard/egress-guard-props';
export { ExitGuard, type ExitGuardProps } from './guard/exit-guard';
export { GuardMode } from './guard/guard-mode';
export { GuardScope, type SidecarScopeOptions } from './guard/guard-scope';
export { GuardedNamespaces } from './guard/guarded-namespaces';
export { InCluster } from './guard/in-cluster';
export { AmbientNamespace, type AmbientNamespaceProps } from './mesh/ambient-namespace';
export { Mesh } from './mesh/mesh';
export { type MeshSettings, OutboundTrafficPolicy } from './mesh/mesh-settings';
export {
  type AccessLogFile,
  type AccessLogFormat,
  type AccessLogProvider,
  EgressAccessLog,
  type EgressAccessLogProps,
} from './observe/egress-access-log';
export { Egress, type EgressOptions, type EgressProps } from './pattern/egress';
export { HttpEgress, type HttpEgressProps } from './pattern/http-egress';
export { TcpEgress, type TcpEgressProps } from './pattern/tcp-egress';
export { TlsOriginationEgress, type TlsOriginationEgressProps } from './pattern/tls-origination-egress';
export { TlsPassthroughEgress, type TlsPassthroughEgressProps } from './pattern/tls-passthrough-egress';
export { EgressClient } from './policy/egress-client';
export { HttpRule, type HttpRuleMatch } from './policy/http-rule';
export { IngressGateway, type IngressGatewayAttributes } from './publish/ingress-gateway';
export { IngressProxy, type IngressProxyProps, MeshAccess } from './publish/ingress-proxy';
export { type IngressListener, UpstreamProxy, type UpstreamProxyProps } from './publish/upstream-proxy';

export * as assertions from './assertions';

// The generated L1: what no construct above covers. One submodule per API group.
export * as extensions from '../imports/extensions.istio.io';
export * as gatewayApi from '../imports/gateway.networking.k8s.io';
export * as networking from '../imports/networking.istio.io';
export * as security from '../imports/security.istio.io';
export * as telemetry from '../imports/telemetry.istio.io';

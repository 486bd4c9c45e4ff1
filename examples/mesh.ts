import { MeshSettings, OutboundTrafficPolicy } from 'cdk8s-istio-egress';

/** What is true of the mesh that the examples are for, and of the one on which they are proved. */
export const MESH: MeshSettings = {
  outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
  gatewaysScopedToNamespace: true,
  serviceEntriesScopedToNamespace: true,
  rootNamespaceClosesGateways: true,
};

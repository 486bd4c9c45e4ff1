import { App, Chart, Testing } from 'cdk8s';
import {
  EgressClient,
  EgressGateway,
  EgressGatewayProps,
  EgressPort,
  Mesh,
  MeshSettings,
  OutboundTrafficPolicy,
  TcpPortOptions,
} from '../src';
import { Manifests } from '../src/assertions';

/** A mesh of which everything is stated that promises rest on. */
export const CLOSED_MESH: MeshSettings = {
  outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
  gatewaysScopedToNamespace: true,
  serviceEntriesScopedToNamespace: true,
  rootNamespaceClosesGateways: true,
};

/** The smallest app: an exit in a platform chart, an app chart to declare in, one client. */
export function world(props?: EgressGatewayProps, mesh?: MeshSettings) {
  const app = Testing.app();
  Mesh.configure(app, mesh ?? CLOSED_MESH);
  const platform = new Chart(app, 'platform');
  const chart = new Chart(app, 'payments');
  return {
    app,
    platform,
    chart,
    exit: new EgressGateway(platform, 'Exit', props),
    clients: [EgressClient.serviceAccount('payments', 'checkout')],
    manifests: () => Manifests.fromApp(app as App),
  };
}

/** A TCP port for those of whom a policy decides. */
export function openTcp(port: number, options: TcpPortOptions = {}): EgressPort {
  return EgressPort.tcp(port, { anyoneInMeshMayReadWhatServerSendsUnasked: true, ...options });
}

/** Matches an error of this library by its code, which opens the message, and by a part of the rest. */
export function failing(code: string, part = ''): RegExp {
  return new RegExp(`^\\[${code}\\][^]*${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}

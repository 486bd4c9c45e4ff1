import { App, Chart, Testing } from 'cdk8s';
import {
  EgressClient,
  EgressGateway,
  EgressGatewayProps,
  EgressPort,
  Mesh,
  MeshSettings,
  TcpPortOptions,
} from '../src';
import { Manifests } from '../src/assertions';

/** The smallest app: an exit in a platform chart, an app chart to declare in, one client. */
export function world(props?: EgressGatewayProps, mesh?: MeshSettings) {
  const app = Testing.app();
  if (mesh) Mesh.configure(app, mesh);
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

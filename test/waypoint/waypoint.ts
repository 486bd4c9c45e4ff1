import { App, Chart, Testing } from 'cdk8s';
import {
  EgressClient,
  EgressGrantOptions,
  EgressPort,
  EgressWaypoint,
  EgressWaypointProps,
  Mesh,
  MeshSettings,
} from '../../src';
import { Manifests } from '../../src/assertions';

export const checkout = EgressClient.serviceAccount('payments', 'checkout');

/** The smallest ambient app: a waypoint in a platform chart, and an app chart to declare in. */
export function ambient(props?: EgressWaypointProps, mesh?: MeshSettings) {
  const app = Testing.app();
  if (mesh) Mesh.configure(app, mesh);
  const platform = new Chart(app, 'platform');
  return {
    app,
    platform,
    chart: new Chart(app, 'payments'),
    exit: new EgressWaypoint(platform, 'Waypoint', props),
    manifests: () => Manifests.fromApp(app as App),
  };
}

/** What grants make of one kind. */
export function made(kind: string, ...grants: Partial<EgressGrantOptions>[]): any[] {
  const { exit, manifests } = ambient();
  const usual = { hosts: ['a.example'], ports: [EgressPort.tlsOrigination()], clients: [checkout] };
  grants.forEach((grant, i) => exit.grant(`Grant${i}`, { ...usual, ...grant }));
  return manifests().find({ kind });
}

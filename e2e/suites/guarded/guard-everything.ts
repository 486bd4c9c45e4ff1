/**
 * Runs an example with every guard on, in a chart of their own: `guard-everything.ts EXAMPLE NAMESPACE[=ambient]…`. The example is the user's
 * app as it is; the guards come in where it begins to write.
 */
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import {
  AdmissionGuard,
  EgressGateway,
  EgressGuard,
  EgressWaypoint,
  ExitGuard,
  FastApp,
  GuardedNamespaces,
  GuardMode,
  GuardScope,
  InCluster,
} from '../../../src';

const [example, ...namespaces] = process.argv.slice(2);

/** The addresses of the bed's pods and Services. */
const CLUSTER = ['10.244.0.0/16', '10.96.0.0/16'];

function guardEverything(app: App) {
  const chart = new Chart(app, 'guards');
  const exits = app.node
    .findAll()
    .filter((node) => node instanceof EgressGateway || node instanceof EgressWaypoint) as EgressGateway[];
  const admission = new AdmissionGuard(chart, 'Admission', { mode: GuardMode.ENFORCE });
  for (const exit of exits) new ExitGuard(chart, `Guard ${exit.node.path}`, { exit, clusterRanges: CLUSTER });
  for (const [namespace, mesh] of namespaces.map((text) => text.split('='))) {
    new EgressGuard(chart, namespace, {
      namespaces: GuardedNamespaces.named([namespace]),
      inCluster: InCluster.none(),
      admission,
      scope: mesh === 'ambient' ? GuardScope.ambient() : GuardScope.sidecars(),
      directPortsToAnyAddress: true,
      clusterRanges: CLUSTER,
    });
  }
}

// Examples make their apps of this class.
const { synth } = FastApp.prototype;
FastApp.prototype.synth = function (this: FastApp) {
  guardEverything(this);
  synth.call(this);
};

void import(join(__dirname, '../../../examples', example, 'main.ts'));

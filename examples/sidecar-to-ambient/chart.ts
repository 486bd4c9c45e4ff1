import { App, Chart } from 'cdk8s';
import { Egress, EgressClient, EgressGateway, EgressPort, EgressWaypoint, EgressExit } from 'cdk8s-istio-egress';

/** Where the move stands. Each stage is the one before it and one step more. */
export enum Stage {
  /** Every namespace has sidecars. */
  BEFORE = 'before',
  /** The waypoint is there, and lets nobody through. */
  READY = 'ready',
  /** One namespace has moved. */
  DURING = 'during',
  /** All have; the gateway lets nobody through. */
  MOVED = 'moved',
  /** The gateway is gone. */
  AFTER = 'after',
}

const STAGES = Object.values(Stage);

/** Two namespaces that call one host, while they move from sidecars to ambient one by one. */
export function sidecarToAmbient(app: App, stage: Stage): void {
  const since = (first: Stage) => STAGES.indexOf(stage) >= STAGES.indexOf(first);
  const namespace = 'istio-egress';
  const platform = new Chart(app, 'platform', { namespace });
  const gateway = since(Stage.AFTER) ? undefined : new EgressGateway(platform, 'Exit');
  const way = gateway ? { beside: gateway } : { replaces: 'istio-egress' };
  const waypoint = since(Stage.READY) ? new EgressWaypoint(platform, 'Waypoint', way) : undefined;

  // The declaration is the same on every way; a move changes one argument.
  const bank = (client: string, exit: EgressExit) =>
    new Egress(new Chart(app, client), 'Bank', {
      hosts: ['api.bank.example'],
      exit,
      clients: [EgressClient.namespace(client)],
      ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()],
    });
  bank('payments', since(Stage.DURING) ? waypoint! : gateway!);
  bank('shop', since(Stage.MOVED) ? waypoint! : gateway!);
}

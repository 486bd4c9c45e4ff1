import { App, Chart } from 'cdk8s';
import { Egress, EgressClient, EgressGateway, EgressPort, EgressWaypoint, IEgressExit } from 'cdk8s-istio-egress';

/** Where the move stands: every namespace with sidecars, some moved, all moved. */
export enum Stage {
  BEFORE = 'before',
  DURING = 'during',
  AFTER = 'after',
}

/** Two namespaces that call one host, while they move from sidecars to ambient one by one. */
export function sidecarToAmbient(app: App, stage: Stage): void {
  const platform = new Chart(app, 'platform');
  const gateway =
    stage === Stage.AFTER ? undefined : new EgressGateway(platform, 'Exit', { namespace: 'istio-egress' });
  const waypoint =
    stage === Stage.BEFORE
      ? undefined
      : new EgressWaypoint(platform, 'Waypoint', { namespace: 'istio-egress', beside: gateway });

  // The declaration is the same on every way; a move changes one argument.
  const bank = (namespace: string, exit: IEgressExit) =>
    new Egress(new Chart(app, namespace), 'Bank', {
      hosts: ['api.bank.example'],
      exit,
      clients: [EgressClient.namespace(namespace)],
      ports: [EgressPort.tlsOrigination(), EgressPort.tlsPassthrough()],
    });
  bank('payments', waypoint ?? gateway!);
  bank('shop', gateway ?? waypoint!);
}

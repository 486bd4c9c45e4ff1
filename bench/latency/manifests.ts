import { App, Chart } from 'cdk8s';
import { CALLERS, hostOf } from './ways';
import {
  EgressClient,
  EgressGateway,
  EgressWaypoint,
  GatewayWorkload,
  HttpEgress,
  Mesh,
  SidecarExit,
  TcpEgress,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from '../../src';

/** What this library emits for its ways. */
export function ours(): string {
  const app = new App();
  Mesh.configure(app, { dnsProxying: true });
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit', {
    workload: GatewayWorkload.managed({ replicas: 1 }),
  });
  const chart = new Chart(app, 'ours');
  const [namespace, workload] = CALLERS.ours.split('/');
  const clients = [EgressClient.serviceAccount(namespace, workload)];
  const to = (pattern: string) => ({ hosts: [hostOf(pattern, 'ours')], exit, clients });
  new HttpEgress(chart, 'Http', to('http'));
  new TlsOriginationEgress(chart, 'Origination', to('tls-origination'));
  new TlsPassthroughEgress(chart, 'Passthrough', to('tls-passthrough'));
  new TcpEgress(chart, 'Tcp', { ...to('tcp'), port: 5432 });
  const everyone = [EgressClient.namespace(namespace)];
  new HttpEgress(chart, 'Direct', { ...to('sidecar'), exit: new SidecarExit(), clients: everyone });

  const waypoint = new EgressWaypoint(new Chart(app, 'waypoint'), 'Waypoint', { namespace: 'egress-waypoint' });
  const [ambient, caller] = CALLERS.ambient.split('/');
  new TlsOriginationEgress(new Chart(app, 'ambient'), 'Origination', {
    hosts: [hostOf('waypoint', 'ours')],
    exit: waypoint,
    clients: [EgressClient.serviceAccount(ambient, caller)],
  });
  return app.synthYaml();
}

/** Straight out of a sidecar: the documentation's ServiceEntry. */
export const sidecarByHand = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { namespace: CALLERS.sidecar.split('/')[0], name: 'direct' },
  spec: {
    hosts: [hostOf('sidecar', 'documentation')],
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    resolution: 'DNS',
  },
};

/** A waypoint for a host, as the documentation of ambient mode has it. */
export function waypointByHand(): object[] {
  const namespace = 'waypoint-by-hand';
  const host = hostOf('waypoint', 'documentation');
  const networking = (kind: string, spec: object, labels?: object) => ({
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { namespace, name: 'host', labels },
    spec,
  });
  return [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { namespace, name: 'waypoint', labels: { 'istio.io/waypoint-for': 'service' } },
      spec: {
        gatewayClassName: 'istio-waypoint',
        listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'All' } } }],
      },
    },
    networking(
      'ServiceEntry',
      { hosts: [host], ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 }], resolution: 'DNS' },
      { 'istio.io/use-waypoint': 'waypoint' },
    ),
    networking('DestinationRule', { host, trafficPolicy: { tls: { mode: 'SIMPLE', sni: host } } }),
  ];
}

/** Writes what this library makes of so many hosts: `ours.ts PATTERN HOSTS OUTDIR`. Without hosts, the exit alone. */
import { App, Chart } from 'cdk8s';
import { CLIENT, hostsOf, Pattern } from './patterns';
import {
  EgressClient,
  EgressGateway,
  GatewayWorkload,
  HttpEgress,
  HttpEgressProps,
  Mesh,
  TcpEgress,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} from '../../src';

type Declare = (chart: Chart, id: string, props: HttpEgressProps) => unknown;

const DECLARE: Record<Pattern, Declare> = {
  http: (chart, id, props) => new HttpEgress(chart, id, props),
  'tls-origination': (chart, id, props) => new TlsOriginationEgress(chart, id, props),
  'tls-origination-8080': (chart, id, props) => new TlsOriginationEgress(chart, id, { ...props, port: 8080 }),
  'tls-passthrough': (chart, id, props) => new TlsPassthroughEgress(chart, id, props),
  tcp: (chart, id, props) => new TcpEgress(chart, id, { ...props, port: 5432 }),
};

const [pattern, count, outdir] = process.argv.slice(2);
const app = new App({ outdir });
Mesh.configure(app, { dnsProxying: pattern === 'tcp' });
const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit', {
  workload: GatewayWorkload.managed({ replicas: 1 }),
});
const chart = new Chart(app, CLIENT.namespace);
const clients = [EgressClient.serviceAccount(CLIENT.namespace, CLIENT.workload)];
for (const host of hostsOf(Number(count))) DECLARE[pattern as Pattern](chart, host, { hosts: [host], exit, clients });
app.synth();

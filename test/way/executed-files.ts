/**
 * Prints, as JSON, the files of src/ on the way of one declaration: those in which a named function is executed from the constructor
 * of a `TlsOriginationEgress` until its YAML is written. The mesh is stated before, and the exit is there. To be run by tsx, which
 * makes a function of each exported name, so that a file of which a constant alone is read counts as well.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Chart } from 'cdk8s';
import * as library from '../../src';

// Read before anything is measured: the index only says where they are.
const { EgressClient, EgressGateway, Mesh, OutboundTrafficPolicy, TlsOriginationEgress } = library;

const SRC = resolve(__dirname, '../../src');

async function executedFiles(outdir: string): Promise<string[]> {
  const app = new App({ outdir });
  Mesh.configure(app, {
    outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY,
    gatewaysScopedToNamespace: true,
    serviceEntriesScopedToNamespace: true,
    rootNamespaceClosesGateways: true,
  });
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
  const chart = new Chart(app, 'shop');
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  const clients = [EgressClient.serviceAccount('shop', 'web')];
  new TlsOriginationEgress(chart, 'A', { hosts: ['a.example.com'], exit, clients });
  app.synth();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => url.startsWith('file:'))
    .filter(({ functions }) => functions.some(({ functionName, ranges }) => functionName !== '' && ranges[0].count > 0))
    .map(({ url }) => relative(SRC, fileURLToPath(url)))
    .filter((file) => !file.startsWith('..'))
    .sort();
}

const directory = mkdtempSync(join(tmpdir(), 'way-'));
void executedFiles(directory)
  .then((files) => process.stdout.write(JSON.stringify(files)))
  .finally(() => rmSync(directory, { recursive: true }));

/** Writes the gateway without hosts to `exit.yaml` of a directory: the peers have it as a file. */
const { mkdtempSync, renameSync, rmSync } = require('node:fs');
const { join } = require('node:path');
const { App, Chart } = require('cdk8s');
const { EgressGateway } = require('../../../..');

const [directory] = process.argv.slice(2);
const outdir = mkdtempSync(join(directory, 'exit-'));
const app = new App({ outdir });
new EgressGateway(new Chart(app, 'platform'), 'Exit');
app.synth();
renameSync(join(outdir, 'platform.k8s.yaml'), join(directory, 'exit.yaml'));
rmSync(outdir, { recursive: true });

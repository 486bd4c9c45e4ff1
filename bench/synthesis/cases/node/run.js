/**
 * One run of one case: `node run.js CASE DIRECTORY APP` reads what is declared in the directory and writes manifests to `out` there,
 * with cdk8s's App or this library's FastApp.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const [which, directory, kind] = process.argv.slice(2);
const { namespaces } = JSON.parse(readFileSync(join(directory, 'declarations.json'), 'utf8'));

// Each is loaded when it runs, because loading is part of what a process pays.
const CASES = {
  'a declaration per host': () => require('./ours').perHost,
  'a declaration per namespace': () => require('./ours').perNamespace,
  'mixed patterns': () => require('./mixed').mixed,
  documentation: () => require('./documentation').documentation,
  'same policy': () => require('./same-policy').samePolicy,
};

const declare = CASES[which]();
const App = kind === 'FastApp' ? require('../../../..').FastApp : require('cdk8s').App;

const app = new App({ outdir: join(directory, 'out') });
declare(app, namespaces, directory);
app.synth();

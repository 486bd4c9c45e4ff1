/**
 * One run of one case in a process of its own: `node run.js CASE HOSTS OUTDIR`. Prints what it took as JSON: milliseconds
 * from the first construct to the last byte written, and since the process began.
 */
const { App, Chart } = require('cdk8s');

const [which, count, outdir] = process.argv.slice(2);
const hosts = Array.from({ length: Number(count) }, (_, i) => `api-${i}.example.com`);

/** Each is loaded when it runs, because loading is part of what a process pays. */
const CASES = {
  documentation: (app) => {
    const { documentation } = require('./documentation');
    const chart = new Chart(app, 'payments');
    return () => hosts.forEach((host) => documentation(chart, host));
  },
  // The peer of the start-up figure reads nothing but the L1 file that it needs.
  'documentation, one file': (app) => {
    const networking = require('../../lib/imports/networking.istio.io');
    require.cache[require.resolve('../..')] = { exports: { networking } };
    return CASES.documentation(app);
  },
  'a declaration per host': (app) =>
    ours(
      app,
      hosts.map((host) => [host]),
    ),
  'one declaration': (app) => ours(app, [hosts]),
};

function ours(app, groups) {
  const { EgressClient, EgressGateway, TlsOriginationEgress } = require('../..');
  return () => {
    const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
    const chart = new Chart(app, 'payments');
    const clients = [EgressClient.serviceAccount('payments', 'checkout')];
    for (const group of groups) new TlsOriginationEgress(chart, group[0], { hosts: group, exit, clients });
  };
}

const app = new App({ outdir });
const declare = CASES[which](app);
const begin = performance.now();
declare();
app.synth();
const end = performance.now();
console.log(JSON.stringify({ synthesis: end - begin, process: end }));

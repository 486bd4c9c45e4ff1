/** What a user of this library writes. */
const { Chart } = require('cdk8s');
const { EgressClient, EgressGateway, TlsOriginationEgress } = require('../../../..');

function declareBy(groupsOf) {
  return (app, namespaces) => {
    const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
    for (const namespace of namespaces) {
      const chart = new Chart(app, namespace.name);
      const clients = [EgressClient.serviceAccount(namespace.name, namespace.serviceAccount)];
      for (const [id, hosts] of groupsOf(namespace.hosts)) {
        new TlsOriginationEgress(chart, id, { hosts, exit, clients });
      }
    }
  };
}

exports.perHost = declareBy((hosts) => hosts.map(({ host }) => [host, [host]]));
exports.perNamespace = declareBy((hosts) => [['Apis', hosts.map(({ host }) => host)]]);

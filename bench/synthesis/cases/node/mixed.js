/** All patterns and kinds of exits in turn, as a large user has them. */
const { Chart } = require('cdk8s');
const {
  EgressClient,
  EgressGateway,
  HttpEgress,
  Mesh,
  SidecarExit,
  TcpEgress,
  TlsOriginationEgress,
  TlsPassthroughEgress,
} = require('../../../..');

exports.mixed = (app, namespaces) => {
  Mesh.configure(app, { dnsProxying: true });
  const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
  const direct = new SidecarExit();
  const patterns = [
    (chart, id, props) => new HttpEgress(chart, id, props),
    (chart, id, props) => new TlsOriginationEgress(chart, id, { ...props, port: 8080 }),
    (chart, id, props) => new TlsPassthroughEgress(chart, id, props),
    (chart, id, props) => new TcpEgress(chart, id, { ...props, port: 5432 }),
    (chart, id, props) =>
      new TlsOriginationEgress(chart, id, {
        ...props,
        exit: direct,
        clients: [EgressClient.namespace(props.clients[0].namespaceName)],
      }),
  ];
  for (const namespace of namespaces) {
    const chart = new Chart(app, namespace.name);
    const clients = [EgressClient.serviceAccount(namespace.name, namespace.serviceAccount)];
    namespace.hosts.forEach(({ host }, index) =>
      patterns[index % patterns.length](chart, host, { hosts: [host], exit, clients }),
    );
  }
};

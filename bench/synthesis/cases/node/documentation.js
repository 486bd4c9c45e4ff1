/**
 * Plain L1 code for the five objects per host of Istio's documentation (TLS origination at an egress gateway). It reads nothing but
 * the one L1 file that it needs, as `cdk8s import` gives it to users.
 */
const { Chart } = require('cdk8s');
const networking = require('../../../../lib/imports/networking.istio.io');

const GATEWAY = 'istio-egressgateway.istio-system.svc.cluster.local';

exports.documentation = (app, namespaces) => {
  for (const { name, hosts } of namespaces) {
    const chart = new Chart(app, name);
    for (const { host } of hosts) objectsOf(chart, host, name);
  }
};

function objectsOf(chart, host, namespace) {
  const name = host.replaceAll('.', '-');
  const metadata = { name, namespace };
  new networking.ServiceEntry(chart, `${host} entry`, {
    metadata,
    spec: {
      hosts: [host],
      ports: [
        { number: 80, name: 'http', protocol: 'HTTP' },
        { number: 443, name: 'https', protocol: 'HTTPS' },
      ],
      resolution: networking.ServiceEntrySpecResolution.DNS,
    },
  });
  new networking.Gateway(chart, `${host} gateway`, {
    metadata,
    spec: {
      selector: { istio: 'egressgateway' },
      servers: [
        {
          port: { number: 80, name: 'https-port-for-tls-origination', protocol: 'HTTPS' },
          hosts: [host],
          tls: { mode: networking.GatewaySpecServersTlsMode.ISTIO_UNDERSCORE_MUTUAL },
        },
      ],
    },
  });
  new networking.DestinationRule(chart, `${host} to gateway`, {
    metadata: { ...metadata, name: `egressgateway-for-${name}` },
    spec: {
      host: GATEWAY,
      subsets: [
        {
          name,
          trafficPolicy: {
            loadBalancer: {
              simple: networking.DestinationRuleSpecSubsetsTrafficPolicyLoadBalancerSimple.ROUND_UNDERSCORE_ROBIN,
            },
            portLevelSettings: [
              {
                port: { number: 80 },
                tls: {
                  mode: networking.DestinationRuleSpecSubsetsTrafficPolicyPortLevelSettingsTlsMode
                    .ISTIO_UNDERSCORE_MUTUAL,
                  sni: host,
                },
              },
            ],
          },
        },
      ],
    },
  });
  new networking.VirtualService(chart, `${host} route`, {
    metadata,
    spec: {
      hosts: [host],
      gateways: [name, 'mesh'],
      http: [
        {
          match: [{ gateways: ['mesh'], port: 80 }],
          route: [{ destination: { host: GATEWAY, subset: name, port: { number: 80 } }, weight: 100 }],
        },
        {
          match: [{ gateways: [name], port: 80 }],
          route: [{ destination: { host, port: { number: 443 } }, weight: 100 }],
        },
      ],
    },
  });
  new networking.DestinationRule(chart, `${host} origination`, {
    metadata: { ...metadata, name: `originate-tls-for-${name}` },
    spec: {
      host,
      trafficPolicy: {
        loadBalancer: { simple: networking.DestinationRuleSpecTrafficPolicyLoadBalancerSimple.ROUND_UNDERSCORE_ROBIN },
        portLevelSettings: [
          {
            port: { number: 443 },
            tls: { mode: networking.DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode.SIMPLE, sni: host },
          },
        ],
      },
    },
  });
}

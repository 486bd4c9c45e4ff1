/** Plain L1 code for what this library emits: the same objects for the same hosts and clients. The gateway itself is a file. */
const { join } = require('node:path');
const { Chart, Include } = require('cdk8s');
const networking = require('../../../../lib/imports/networking.istio.io');
const security = require('../../../../lib/imports/security.istio.io');

const EXIT = 'istio-egress';
const SERVICE = `${EXIT}.${EXIT}.svc.cluster.local`;
const exportTo = ['.'];
const retries = { attempts: 0 };

exports.samePolicy = (app, namespaces, directory) => {
  const platform = new Chart(app, 'platform');
  new Include(platform, 'Exit', { url: join(directory, 'exit.yaml') });
  for (const namespace of namespaces) {
    const chart = new Chart(app, namespace.name);
    for (const { host } of namespace.hosts) {
      clientRoute(chart, namespace.name, host);
      exitHop(platform, host);
    }
    policy(platform, namespace);
  }
};

function clientRoute(chart, namespace, host) {
  new networking.VirtualService(chart, `${host} route`, {
    metadata: { name: `${namespace}.${host}`, namespace },
    spec: {
      exportTo,
      hosts: [host],
      http: [{ match: [{ port: 80 }], retries, route: [{ destination: { host: SERVICE, port: { number: 80 } } }] }],
    },
  });
}

function exitHop(chart, host) {
  const metadata = { name: `${EXIT}.${host}`, namespace: EXIT };
  new networking.ServiceEntry(chart, `${host} entry`, {
    metadata,
    spec: {
      exportTo,
      hosts: [host],
      ports: [{ name: 'tls-443', number: 443, protocol: 'TLS' }],
      resolution: networking.ServiceEntrySpecResolution.DNS,
    },
  });
  new networking.DestinationRule(chart, `${host} rule`, {
    metadata,
    spec: {
      exportTo,
      host,
      subsets: [
        {
          name: 'port-80',
          trafficPolicy: {
            connectionPool: {
              http: {
                h2UpgradePolicy:
                  networking.DestinationRuleSpecSubsetsTrafficPolicyConnectionPoolHttpH2UpgradePolicy
                    .DO_UNDERSCORE_NOT_UNDERSCORE_UPGRADE,
              },
            },
            tls: {
              caCertificates: 'system',
              mode: networking.DestinationRuleSpecSubsetsTrafficPolicyTlsMode.SIMPLE,
              sni: host,
              subjectAltNames: [host],
            },
          },
        },
      ],
    },
  });
  new networking.VirtualService(chart, `${host} route`, {
    metadata,
    spec: {
      exportTo,
      gateways: [EXIT],
      hosts: [host],
      http: [
        {
          match: [{ authority: { regex: '[^:]+(:80)?' } }],
          headers: { request: { remove: REMOVED } },
          retries,
          route: [{ destination: { host, port: { number: 443 }, subset: 'port-80' } }],
        },
      ],
    },
  });
}

function policy(chart, { name, serviceAccount, hosts }) {
  new security.AuthorizationPolicy(chart, `${name} policy`, {
    metadata: { name: `${EXIT}.${name}`, namespace: EXIT },
    spec: {
      action: security.AuthorizationPolicySpecAction.ALLOW,
      rules: [
        {
          from: [{ source: { serviceAccounts: [`${name}/${serviceAccount}`] } }],
          to: [{ operation: { hosts: hosts.flatMap(({ host }) => [host, `${host}:80`]) } }],
        },
      ],
      selector: { matchLabels: { istio: EXIT } },
    },
  });
}

const REMOVED = [
  'x-envoy-attempt-count',
  'x-envoy-decorator-operation',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-external-address',
  'x-envoy-internal',
  'x-envoy-original-host',
  'x-envoy-original-path',
  'x-envoy-peer-metadata',
  'x-envoy-peer-metadata-id',
  'x-forwarded-client-cert',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-request-id',
];

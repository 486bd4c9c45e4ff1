// What this library emits for hosts that clients of some namespaces call.
local declared = import 'declarations.json';

local exit = 'istio-egress';
local service = '%s.%s.svc.cluster.local' % [exit, exit];
local here = { exportTo: ['.'] };
local withoutRetries = { retries: { attempts: 0 } };

local object(apiVersion, kind, namespace, name, spec) = {
  apiVersion: apiVersion,
  kind: kind,
  metadata: { name: name, namespace: namespace },
  spec: spec,
};
local networking(kind, namespace, name, spec) =
  object('networking.istio.io/v1', kind, namespace, name, here + spec);

local policy(namespace) =
  object('security.istio.io/v1', 'AuthorizationPolicy', exit, '%s.%s' % [exit, namespace.name], {
    action: 'ALLOW',
    rules: [{
      from: [{ source: { serviceAccounts: ['%s/%s' % [namespace.name, namespace.serviceAccount]] } }],
      to: [{ operation: { hosts: std.flatMap(function(h) [h.host, h.host + ':80'], namespace.hosts) } }],
    }],
    selector: { matchLabels: { istio: exit } },
  });

local clientRoute(namespace, host) =
  networking('VirtualService', namespace, '%s.%s' % [namespace, host], {
    hosts: [host],
    http: [withoutRetries {
      match: [{ port: 80 }],
      route: [{ destination: { host: service, port: { number: 80 } } }],
    }],
  });

local removed = [
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

local exitHop(host) = [
  networking('ServiceEntry', exit, '%s.%s' % [exit, host], {
    hosts: [host],
    ports: [{ name: 'tls-443', number: 443, protocol: 'TLS' }],
    resolution: 'DNS',
  }),
  networking('DestinationRule', exit, '%s.%s' % [exit, host], {
    host: host,
    subsets: [{
      name: 'port-80',
      trafficPolicy: {
        connectionPool: { http: { h2UpgradePolicy: 'DO_NOT_UPGRADE' } },
        tls: { caCertificates: 'system', mode: 'SIMPLE', sni: host, subjectAltNames: [host] },
      },
    }],
  }),
  networking('VirtualService', exit, '%s.%s' % [exit, host], {
    gateways: [exit],
    hosts: [host],
    http: [withoutRetries {
      match: [{ authority: { regex: '[^:]+(:80)?' } }],
      headers: { request: { remove: removed } },
      route: [{ destination: { host: host, port: { number: 443 }, subset: 'port-80' } }],
    }],
  }),
];

std.parseYaml(importstr 'exit.yaml') + std.flatMap(
  function(namespace)
    [policy(namespace)] + std.flatMap(
      function(h) [clientRoute(namespace.name, h.host)] + exitHop(h.host), namespace.hosts
    ),
  declared.namespaces
)

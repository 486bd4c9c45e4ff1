import { Aim, Catalogue, ELSEWHERE, first, NETWORKING, object, SERVICE, serviceEntry, waypoint, web } from './aim';
import { PUBLISHED } from '../app';

const toEvil = ({ evil }: Aim, port = 80) => [{ destination: { host: evil.host, port: { number: port } } }];

/** What leads calls to a host, or says how to connect to it. */
export const ROUTES: Catalogue = {
  'VirtualService of the host in capitals': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-capitals', {
      hosts: [aim.host.toUpperCase()],
      exportTo: ELSEWHERE,
      http: [{ route: toEvil(aim) }],
    }),
  ],
  "DestinationRule of the exit's Services for the own namespace": (aim) => [
    object(aim, NETWORKING, 'DestinationRule', 'dr-own', {
      host: '*.svc.cluster.local',
      exportTo: ['.'],
      trafficPolicy: { tls: { mode: 'DISABLE' } },
    }),
  ],
  "VirtualService on the probe's Gateway": (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-probe', {
      hosts: ['127.0.0.1'],
      gateways: [`${first.namespace}/${first.name}-upstream-probe`],
      http: [{ directResponse: { status: 200 } }],
    }),
  ],
  'BackendTLSPolicy and routes of gRPC for the host': (aim) => [
    object(aim, 'gateway.networking.k8s.io/v1', 'GRPCRoute', 'route-grpc', {
      parentRefs: [{ name: waypoint.name, namespace: waypoint.namespace }],
      hostnames: [aim.host],
      rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: aim.evil.host, port: 80 }] }],
    }),
  ],
  'VirtualService of the host for everybody': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-all', {
      hosts: [aim.host],
      exportTo: ['*'],
      http: [{ route: toEvil(aim) }],
    }),
  ],
  'VirtualService of the host for others by name': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-named', {
      hosts: [aim.host],
      exportTo: ELSEWHERE,
      http: [{ route: toEvil(aim) }],
    }),
  ],
  "VirtualService on the exit's Gateway": (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-bound', {
      hosts: [aim.host],
      gateways: [`${first.namespace}/${first.name}`, `${waypoint.namespace}/${waypoint.name}`],
      http: [{ route: toEvil(aim) }],
    }),
  ],
  "VirtualService on the exit's Gateway for everything": (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-any', {
      hosts: ['*'],
      gateways: [`${first.namespace}/${first.name}`],
      http: [{ route: [{ destination: { host: aim.host, port: { number: 80 } } }] }],
    }),
  ],
  'VirtualService of a wildcard for everybody': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-wild', {
      hosts: [aim.host.replace(/^[^.]+/, '*')],
      exportTo: ['*'],
      http: [{ route: toEvil(aim) }],
    }),
  ],
  'VirtualService that mirrors calls to the exit': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-mirror', {
      hosts: [aim.host],
      http: [
        {
          route: [{ destination: { host: SERVICE, port: { number: 80 } } }],
          mirrors: [{ destination: { host: aim.evil.host, port: { number: 80 } } }],
        },
      ],
    }),
  ],
  'VirtualService with a delegate elsewhere': (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-root', {
      hosts: [aim.host],
      http: [{ delegate: { name: `${first.name}.${aim.host}`, namespace: first.namespace } }],
    }),
  ],
  'DestinationRule of the host without TLS for everybody': (aim) => [
    object(aim, NETWORKING, 'DestinationRule', 'dr-all', {
      host: aim.host,
      exportTo: ['*'],
      trafficPolicy: { tls: { mode: 'DISABLE' } },
    }),
  ],
  'DestinationRule of the host without TLS for others by name': (aim) => [
    object(aim, NETWORKING, 'DestinationRule', 'dr-named', {
      host: aim.host,
      exportTo: ELSEWHERE,
      trafficPolicy: { tls: { mode: 'DISABLE' } },
    }),
  ],
  "DestinationRule of the exit's Service for everybody": (aim) => [
    object(aim, NETWORKING, 'DestinationRule', 'dr-exit', {
      host: SERVICE,
      exportTo: ['*'],
      trafficPolicy: { tls: { mode: 'DISABLE' } },
    }),
  ],
  "DestinationRule that asks the exit for another's server name": (aim) => [
    object(aim, NETWORKING, 'DestinationRule', 'dr-sni', {
      host: `${first.name}-tls.${first.namespace}.svc.cluster.local`,
      exportTo: ['.'],
      trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: `sa.443.${aim.host}` } },
      subsets: [{ name: 'stolen', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: `ns.pay.443.${aim.host}` } } }],
    }),
    object(aim, NETWORKING, 'VirtualService', 'vs-sni', {
      hosts: [aim.host],
      tls: [
        {
          match: [{ port: 443, sniHosts: [aim.host] }],
          route: [
            {
              destination: {
                host: `${first.name}-tls.${first.namespace}.svc.cluster.local`,
                port: { number: 443 },
                subset: 'stolen',
              },
            },
          ],
        },
      ],
    }),
    serviceEntry(aim, 'se-sni', { exportTo: ['.'], endpoints: undefined }),
  ],
  "Gateway on the exit's pods": (aim) => [
    object(aim, NETWORKING, 'Gateway', 'gw', {
      selector: { istio: first.name },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    }),
    object(aim, NETWORKING, 'VirtualService', 'vs-gw', {
      hosts: [aim.host],
      gateways: ['gw'],
      http: [{ route: [{ destination: { host: aim.host, port: { number: 80 } } }] }],
    }),
  ],
  'HTTPRoute of the host, for the mesh': (aim) => [
    object(aim, NETWORKING, 'ServiceEntry', 'se-route', {
      hosts: [aim.host],
      ports: web,
      resolution: 'STATIC',
      exportTo: ['*'],
    }),
    object(aim, 'gateway.networking.k8s.io/v1', 'HTTPRoute', 'route', {
      parentRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'se-route' }],
      rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: aim.evil.host, port: 80 }] }],
    }),
  ],
  "HTTPRoute on the waypoint's ServiceEntry": (aim) => [
    object(aim, 'gateway.networking.k8s.io/v1', 'HTTPRoute', 'route-waypoint', {
      parentRefs: [
        {
          group: 'networking.istio.io',
          kind: 'ServiceEntry',
          name: `${waypoint.name}.${aim.host}`,
          namespace: waypoint.namespace,
        },
      ],
      rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: aim.evil.host, port: 80 }] }],
    }),
  ],
  "HTTPRoute on the exit's Gateway": (aim) => [
    object(aim, 'gateway.networking.k8s.io/v1', 'HTTPRoute', 'route-gateway', {
      parentRefs: [{ name: waypoint.name, namespace: waypoint.namespace }],
      hostnames: [aim.host],
      rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: aim.evil.host, port: 80 }] }],
    }),
  ],
  "VirtualService on the ingress gateway's Gateway": (aim) => [
    object(aim, NETWORKING, 'VirtualService', 'vs-ingress', {
      hosts: [aim.host],
      gateways: [`istio-system/${PUBLISHED}`],
      http: [{ route: toEvil(aim) }],
      tls: [{ match: [{ port: 443, sniHosts: [aim.host] }], route: toEvil(aim, 443) }],
    }),
  ],
  "Gateway on the ingress gateway's pods": (aim) => [
    object(aim, NETWORKING, 'Gateway', 'gw-ingress', {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    }),
    object(aim, NETWORKING, 'VirtualService', 'vs-gw-ingress', {
      hosts: [aim.host],
      gateways: ['gw-ingress'],
      http: [{ route: toEvil(aim) }],
    }),
  ],
};

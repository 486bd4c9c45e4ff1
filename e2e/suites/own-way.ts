const networking = (kind: string, name: string, spec: object, namespace = 'mallory') => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name, namespace },
  spec,
});

/** What a team would write by hand to lead a host to a port of the exit, under a server name of its choice. */
export function wayOfItsOwn(host: string, service: string, port: number, sni: string): object[] {
  return [
    networking('ServiceEntry', 'own', {
      hosts: [host],
      exportTo: ['.'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      resolution: 'STATIC',
    }),
    networking('DestinationRule', 'own', {
      host: service,
      exportTo: ['.'],
      trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni } },
    }),
    networking('VirtualService', 'own', {
      hosts: [host],
      exportTo: ['.'],
      tls: [
        {
          match: [{ port: 443, sniHosts: [host] }],
          route: [{ destination: { host: service, port: { number: port } } }],
        },
      ],
    }),
  ];
}

/** The address at which such a team calls a host over TCP. */
export const OWN_ADDRESS = '241.9.9.9';

/** The same for TCP, where its sidecar connects before the caller has said anything. */
export function tcpWayOfItsOwn(host: string, service: string, sni: string): object[] {
  const [entry, rule] = wayOfItsOwn(host, service, 443, sni) as any[];
  return [
    {
      ...entry,
      spec: { ...entry.spec, addresses: [OWN_ADDRESS], ports: [{ number: 5432, name: 'tcp', protocol: 'TCP' }] },
    },
    rule,
    networking('VirtualService', 'own', {
      hosts: [host],
      exportTo: ['.'],
      tcp: [
        {
          match: [{ port: 5432, destinationSubnets: [OWN_ADDRESS] }],
          route: [{ destination: { host: service, port: { number: 443 } } }],
        },
      ],
    }),
  ];
}

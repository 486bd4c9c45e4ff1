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

import { Catalogue, ELSEWHERE, first, NETWORKING, object, SERVICE, serviceEntry, waypoint } from './aim';

const raw = [
  { number: 80, name: 'tcp-80', protocol: 'TCP' },
  { number: 443, name: 'tcp-443', protocol: 'TCP' },
  { number: 5432, name: 'tcp-5432', protocol: 'TCP' },
];

/** What says where a host is. */
export const PLACES: Catalogue = {
  'ServiceEntry of the host for everybody': (aim) => [serviceEntry(aim, 'se-all', { exportTo: ['*'] })],
  "ServiceEntry of the host for the exits' namespaces by name": (aim) => [
    serviceEntry(aim, 'se-named', { exportTo: ELSEWHERE }),
  ],
  'ServiceEntry of the host for the own namespace': (aim) => [serviceEntry(aim, 'se-own', { exportTo: ['.'] })],
  "ServiceEntry with the host's address, as TCP, for everybody": (aim) => [
    serviceEntry(aim, 'se-address', {
      hosts: [`of-${aim.team}.example`],
      addresses: [aim.address],
      ports: raw,
      exportTo: ['*'],
    }),
  ],
  "ServiceEntry with the host's address, as TCP, for others by name": (aim) => [
    serviceEntry(aim, 'se-address-named', {
      hosts: [`of-${aim.team}.example`],
      addresses: [aim.address],
      ports: raw,
      exportTo: ELSEWHERE,
    }),
  ],
  'ServiceEntry of the host with resolution NONE': (aim) => [
    serviceEntry(aim, 'se-none', { resolution: 'NONE', endpoints: undefined, exportTo: ['*'] }),
  ],
  'ServiceEntry that selects pods of the team': (aim) => [
    serviceEntry(aim, 'se-selector', { endpoints: undefined, workloadSelector: { labels: { app: 'mallory' } } }),
  ],
  'ServiceEntry of a wildcard above the host': (aim) => [
    serviceEntry(aim, 'se-wild', { hosts: [aim.host.replace(/^[^.]+/, '*')], exportTo: ['*'] }),
  ],
  "ServiceEntry that claims the exit's own Service": (aim) => [
    serviceEntry(aim, 'se-exit', { hosts: [SERVICE], exportTo: ['*'] }),
  ],
  'ServiceEntry that asks for the waypoint': (aim) => [
    {
      ...serviceEntry(aim, 'se-waypoint', { exportTo: ['*'] }),
      metadata: {
        name: 'se-waypoint',
        namespace: aim.team,
        labels: { 'istio.io/use-waypoint': waypoint.name, 'istio.io/use-waypoint-namespace': waypoint.namespace },
      },
    },
  ],
  'WorkloadEntry with an address outside': (aim) => [
    object(aim, NETWORKING, 'WorkloadEntry', 'outside', { address: aim.evil.address, labels: { app: 'outside' } }),
    object(aim, 'v1', 'Service', 'outside', { selector: { app: 'outside' }, ports: [{ name: 'http', port: 80 }] }),
  ],
  'Service with slices of an address outside': (aim) => [
    object(aim, 'v1', 'Service', 'sliced', { ports: [{ name: 'http', port: 80 }] }),
    object(aim, 'discovery.k8s.io/v1', 'EndpointSlice', 'sliced-1', undefined, {
      metadata: { name: 'sliced-1', namespace: aim.team, labels: { 'kubernetes.io/service-name': 'sliced' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [aim.evil.address] }],
      ports: [{ name: 'http', port: 80 }],
    }),
  ],
  "headless Service with the host's address": (aim) => [
    object(aim, 'v1', 'Service', 'headless', { clusterIP: 'None', ports: [{ name: 'tcp', port: 80 }] }),
    object(aim, 'discovery.k8s.io/v1', 'EndpointSlice', 'headless-1', undefined, {
      metadata: { name: 'headless-1', namespace: aim.team, labels: { 'kubernetes.io/service-name': 'headless' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [aim.address] }],
      ports: [{ name: 'tcp', port: 80 }],
    }),
  ],
  "headless Service that selects the host's address": (aim) => [
    object(aim, NETWORKING, 'WorkloadEntry', 'host', { address: aim.address, labels: { app: 'host' } }),
    object(aim, 'v1', 'Service', 'selecting', {
      clusterIP: 'None',
      selector: { app: 'host' },
      ports: [{ name: 'tcp', port: 80 }],
    }),
  ],
  'ServiceEntry for all of a port, for everybody': (aim) => [
    serviceEntry(aim, 'se-port', { hosts: [`all-of-${aim.team}.example`], ports: raw, exportTo: ['*'] }),
  ],
  'ExternalName of the host': (aim) => [
    object(aim, 'v1', 'Service', 'external', {
      type: 'ExternalName',
      externalName: aim.host,
      ports: [{ name: 'http', port: 80 }],
    }),
  ],
  'ServiceEntry of the decider of an exit': (aim) => [
    serviceEntry(aim, 'se-opa', { hosts: [`opa.${first.name}.${first.namespace}.internal`], exportTo: ['.'] }),
  ],
};

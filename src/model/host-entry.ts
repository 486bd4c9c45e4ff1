import { ExportTo } from './export-to';
import { Manifest } from './manifest';
import { Protocol, protocolNamed, protocolOfServicePort } from './protocol';
import { Value } from './value';

/** A port of a host. */
export interface HostPort {
  readonly number: number;
  readonly protocol: Protocol;
  /** The port of the pods or endpoints, where it is a number. */
  readonly target?: number;
}

/** A host that the mesh knows: a Kubernetes Service, or one of the hosts of a ServiceEntry. */
export interface HostEntry {
  readonly manifest: Manifest;
  readonly host: string;
  readonly namespace: string;
  readonly kubernetes: boolean;
  readonly exportTo: ExportTo;
  readonly ports: HostPort[];
  /** A ServiceEntry's resolution. */
  readonly resolution: string;
  /** Whether the host has addresses of its own, by which its TCP ports are told from those of others. */
  readonly addressed: boolean;
  /** The addresses of a ServiceEntry, on which sidecars listen. */
  readonly addresses: string[];
  /** Whether a call can arrive somewhere: a ServiceEntry without endpoints and DNS leads nowhere. */
  readonly reachable: boolean;
  /** Where the host is, as a text to compare. */
  readonly place: string;
  /** The labels of a Service's pods; undefined where it selects none. */
  readonly selector?: Record<string, string>;
}

/** The Kubernetes Service as the mesh knows it. */
export function serviceEntryOfService(manifest: Manifest, domain: string, defaultExportTo?: string[]): HostEntry {
  const { namespace, name, spec, annotations } = manifest;
  const exported = (annotations['networking.istio.io/exportTo'] ?? '').split(',').map((entry) => entry.trim());
  const selector = spec.at('selector').map;
  return {
    manifest,
    host: `${name}.${namespace}.svc.${domain}`.toLowerCase(),
    namespace,
    kubernetes: true,
    exportTo: ExportTo.read(exported.filter(Boolean), namespace, defaultExportTo),
    ports: spec.at('ports').items.flatMap((port) => {
      const number = port.at('port').number;
      if (number === undefined) return [];
      const target = port.at('targetPort');
      const protocol = protocolOfServicePort({
        number,
        name: port.at('name').text,
        protocol: port.at('protocol').text,
        appProtocol: port.at('appProtocol').text,
      });
      return [{ number, protocol, target: target.exists ? target.number : number }];
    }),
    resolution: spec.at('type').text === 'ExternalName' ? 'DNS' : 'STATIC',
    addressed: spec.at('clusterIP').text !== 'None',
    addresses: [],
    reachable: true,
    place: `Service ${namespace}/${name}`,
    selector: Object.keys(selector).length > 0 ? selector : undefined,
  };
}

/** The hosts of a ServiceEntry, each by itself. */
export function serviceEntryHosts(manifest: Manifest, defaultExportTo?: string[]): HostEntry[] {
  const { namespace, spec } = manifest;
  const resolution = (spec.at('resolution').text ?? 'NONE').toUpperCase();
  const endpoints = spec.at('endpoints').items;
  const selected = spec.at('workloadSelector').exists;
  const common = {
    manifest,
    namespace,
    kubernetes: false,
    // One with a selector is for its own namespace only.
    exportTo: ExportTo.read(spec.at('exportTo').texts, namespace, defaultExportTo),
    ports: spec.at('ports').items.flatMap((port) => toPort(port)),
    resolution,
    addressed: spec.at('addresses').texts.length > 0,
    addresses: spec.at('addresses').texts,
    reachable: resolution !== 'STATIC' || endpoints.length > 0 || selected,
    place: new Value({ resolution, endpoints: endpoints.map(({ raw }) => raw), selected }).canonical,
  };
  return spec.at('hosts').texts.map((host) => ({ ...common, host: host.toLowerCase() }));
}

function toPort(port: Value): HostPort[] {
  const number = port.at('number').number;
  if (number === undefined) return [];
  return [
    { number, protocol: protocolNamed(port.at('protocol').text), target: port.at('targetPort').number ?? number },
  ];
}

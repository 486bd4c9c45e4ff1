import { byAge } from './age';
import { DestinationRules } from './destination-rules';
import { MeshOptions, meshConfig, MeshConfig } from './mesh-config';
import { Registry } from './registry';
import { DestinationRule, toDestinationRule } from '../model/destination-rule';
import { Gateway, toGateway } from '../model/gateway';
import { HostEntry, serviceEntryHosts, serviceEntryOfService } from '../model/host-entry';
import { identity, Manifest } from '../model/manifest';
import { AuthorizationPolicy, Policy, toAuthorizationPolicy, toPolicy } from '../model/policy';
import { selects } from '../model/selectors';
import { Sidecar, toSidecar } from '../model/sidecar';
import { toVirtualService, VirtualService } from '../model/virtual-service';
import { toWorkload, Workload, WORKLOAD_KINDS } from '../model/workload';

const NETWORKING = 'networking.istio.io';
const SECURITY = 'security.istio.io';

/** The kinds that the rules read; a dump may hold more. */
export const READ_KINDS = new Set([
  ...['Gateway', 'VirtualService', 'DestinationRule', 'ServiceEntry', 'Sidecar', 'EnvoyFilter'],
  ...['AuthorizationPolicy', 'RequestAuthentication', 'WasmPlugin', 'TrafficExtension'],
  ...['Service', 'Namespace', 'ConfigMap', ...WORKLOAD_KINDS],
]);

/** The cluster as it will be once ours is applied: every object that the rules read, and which of them are ours. */
export class World {
  public readonly settings: MeshConfig;
  public readonly ours: ReadonlySet<Manifest>;
  /** What the cluster has in place of objects of ours: earlier versions, usually. */
  public readonly earlier: ReadonlyMap<Manifest, Manifest>;
  public readonly namespaces: ReadonlySet<string>;
  public readonly namespaceObjects: Manifest[];
  /** Whether the cluster's Services are known: of what was not dumped, nothing can be said. */
  public readonly servicesKnown: boolean;

  public readonly gateways: Gateway[];
  public readonly virtualServices: VirtualService[];
  public readonly destinationRules: DestinationRule[];
  public readonly hostEntries: HostEntry[];
  public readonly sidecars: Sidecar[];
  public readonly workloads: Workload[];
  public readonly policies: AuthorizationPolicy[];
  public readonly requestAuthentications: Policy[];
  public readonly extensions: Policy[];

  private readonly gatewayServices = new Map<string, boolean>();
  private readonly byHost = new Map<string, VirtualService[]>();

  /** Lookups over everything, over ours alone, and over the cluster's alone. */
  public readonly registry: { readonly all: Registry; readonly theirs: Registry };
  public readonly rules: {
    readonly all: DestinationRules;
    readonly ours: DestinationRules;
    readonly theirs: DestinationRules;
  };

  public constructor(cluster: Manifest[], given: Manifest[], options: MeshOptions = {}) {
    const known = new Map(cluster.map((manifest) => [identity(manifest), manifest]));
    // Ours takes the place of its earlier version, and keeps its age, which decides who was first.
    const own = [...new Map(given.map((manifest) => [identity(manifest), manifest])).values()].map((manifest) => {
      const created = known.get(identity(manifest))?.created ?? manifest.created;
      return created === manifest.created ? manifest : { ...manifest, created };
    });
    this.ours = new Set(own);
    this.earlier = new Map(
      own.flatMap((manifest) => {
        const before = known.get(identity(manifest));
        return before ? [[manifest, before] as const] : [];
      }),
    );
    for (const manifest of own) known.delete(identity(manifest));
    const everything = [...known.values(), ...own];
    this.settings = meshConfig(everything, options);

    const of = (group: string, ...kinds: string[]) =>
      everything.filter((manifest) => manifest.group === group && kinds.includes(manifest.kind));
    const { clusterDomain: domain, ...mesh } = this.settings;
    this.namespaceObjects = of('', 'Namespace');
    this.namespaces = new Set(everything.map((manifest) => manifest.namespace || manifest.name));
    this.gateways = byAge(of(NETWORKING, 'Gateway').map(toGateway), this.ours);
    this.virtualServices = byAge(
      of(NETWORKING, 'VirtualService').map((m) => toVirtualService(m, domain, mesh.defaultVirtualServiceExportTo)),
      this.ours,
    );
    for (const virtualService of this.virtualServices) {
      const names = [...virtualService.hosts, ...virtualService.routes.flatMap(({ sniHosts }) => sniHosts)];
      for (const name of new Set(names)) {
        const routes = this.byHost.get(name);
        if (routes) routes.push(virtualService);
        else this.byHost.set(name, [virtualService]);
      }
    }
    this.destinationRules = of(NETWORKING, 'DestinationRule').flatMap((m) => toDestinationRule(m, domain) ?? []);
    this.hostEntries = [
      ...of('', 'Service').map((m) => serviceEntryOfService(m, domain, mesh.defaultServiceExportTo)),
      ...of(NETWORKING, 'ServiceEntry')
        .flatMap((m) => serviceEntryHosts(m, mesh.defaultServiceExportTo))
        .map((entry) => ({ ...entry, exportTo: mesh.visibility.narrow(entry.exportTo, entry.namespace) })),
    ];
    this.sidecars = byAge(of(NETWORKING, 'Sidecar').map(toSidecar), this.ours);
    this.workloads = [...of('apps', ...WORKLOAD_KINDS), ...of('', 'Pod')].map(toWorkload);
    this.policies = of(SECURITY, 'AuthorizationPolicy').map(toAuthorizationPolicy);
    this.requestAuthentications = of(SECURITY, 'RequestAuthentication').map(toPolicy);
    this.extensions = [
      ...of(NETWORKING, 'EnvoyFilter'),
      ...of('extensions.istio.io', 'WasmPlugin', 'TrafficExtension'),
    ].map(toPolicy);

    this.servicesKnown = this.hostEntries.some((entry) => entry.kubernetes && !this.isOurs(entry));

    const theirs = <T extends { manifest: Manifest }>(items: T[]) => items.filter((item) => !this.isOurs(item));
    this.registry = {
      all: new Registry(this.hostEntries, this.ours),
      theirs: new Registry(theirs(this.hostEntries), this.ours),
    };
    const rules = (items: DestinationRule[]) => new DestinationRules(items, this.ours, this.settings);
    this.rules = {
      all: rules(this.destinationRules),
      ours: rules(this.destinationRules.filter((rule) => this.isOurs(rule))),
      theirs: rules(theirs(this.destinationRules)),
    };
  }

  /** Whether this is one of the objects that are being checked. */
  public isOurs({ manifest }: { manifest: Manifest }): boolean {
    return this.ours.has(manifest);
  }

  /** The VirtualServices that name one of these hosts, the oldest first. */
  public routesOf(hosts: string[]): VirtualService[] {
    const [first = [], ...more] = [...new Set(hosts)].map((host) => this.byHost.get(host) ?? []);
    return more.every((list) => list.length === 0) ? first : byAge(new Set([...first, ...more.flat()]), this.ours);
  }

  /** Whether a host is a Service in front of Istio gateways, which are called without mutual TLS unless a rule says so. */
  public isGatewayService(host: string): boolean {
    const known = this.gatewayServices.get(host);
    if (known !== undefined) return known;
    const services = this.registry.all.claims(host);
    const found = this.workloads.some(
      (pods) =>
        pods.gateway &&
        services.some(
          ({ selector, namespace }) => selector && namespace === pods.namespace && selects(selector, pods.labels),
        ),
    );
    this.gatewayServices.set(host, found);
    return found;
  }

  /** Whether sidecars call a host by mutual TLS where no rule says how: all pods of its Service say that they take it. */
  public takesMutualTls(host: string): boolean {
    if (this.settings.configs.some(({ mesh }) => mesh.at('enableAutoMtls').raw === false)) return false;
    const pods = this.registry.all
      .claims(host)
      .flatMap(({ selector, namespace }) =>
        this.workloads.filter((each) => selector && namespace === each.namespace && selects(selector, each.labels)),
      );
    return pods.length > 0 && pods.every(({ labels }) => labels['security.istio.io/tlsMode'] === 'istio');
  }

  /** Whether a host has the form of a Service of this cluster. */
  public inCluster(host: string): boolean {
    return host.endsWith(`.svc.${this.settings.clusterDomain}`);
  }
}

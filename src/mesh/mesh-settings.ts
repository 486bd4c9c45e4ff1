/** What sidecars do with calls to hosts that nothing in the mesh declares. Mirrors the mesh's own setting. */
export enum OutboundTrafficPolicy {
  /** Refused by the sidecar (502 for HTTP, a reset for everything else). */
  REGISTRY_ONLY = 'REGISTRY_ONLY',

  /**
   * Sent to wherever they point. Istio's own default, and under it **no declaration is enforced**: callers that are not
   * declared, refused callers on another port, and hosts without a declaration all go out directly.
   */
  ALLOW_ANY = 'ALLOW_ANY',
}

/** Facts about the mesh that the manifests are for. */
export interface MeshSettings {
  /**
   * Version of the control plane, as "1.31" or "1.31.1". Decides what can be emitted.
   * @default - the version that this library is tested with
   */
  readonly istioVersion?: string;

  /**
   * Domain of the cluster's Services.
   * @default "cluster.local"
   */
  readonly clusterDomain?: string;

  /**
   * The mesh's `trustDomain`: what identities in certificates begin with.
   * @default "cluster.local"
   */
  readonly trustDomain?: string;

  /**
   * The mesh's `trustDomainAliases`: other domains whose identities are the same workloads, while it moves from one to another.
   * @default - none
   */
  readonly trustDomainAliases?: string[];

  /**
   * Istio's root namespace, where a policy reaches every namespace; no exit may stand there.
   * @default "istio-system"
   */
  readonly rootNamespace?: string;

  /**
   * Revision of the control plane that injects the exits' pods.
   * @default - the default revision
   */
  readonly revision?: string;

  /**
   * The mesh's `outboundTrafficPolicy`. It is a statement, not a switch: nothing here changes the mesh. `ALLOW_ANY` prints
   * a warning, because nothing is enforced then.
   * @default OutboundTrafficPolicy.REGISTRY_ONLY, with a warning that nothing says so
   */
  readonly outboundTrafficPolicy?: OutboundTrafficPolicy;

  /**
   * Whether istiod runs with `PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true`, so that a Gateway reaches pods of its own namespace
   * only. A statement as well. Without it, which is Istio's default, whoever may create a Gateway in any namespace can take
   * over the exits' pods; `false` prints a warning that says so.
   * @default - taken to be so, with a warning that nothing says it
   */
  readonly gatewaysScopedToNamespace?: boolean;

  /**
   * Whether the mesh has `serviceEntryVisibility` with `defaultVisibility: NAMESPACE` and `applyToSidecars: true`, so that a
   * ServiceEntry counts in its own namespace only; `Installation.write` writes it. A statement as well. Without it, which is
   * Istio's default, whoever may write a ServiceEntry in any namespace can take an exit's calls by plain HTTP and TCP, and other
   * namespaces' calls past the exit; `false` prints a warning that says so.
   * @default - taken to be so, with a warning that nothing says it
   * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ServiceEntryVisibility
   */
  readonly serviceEntriesScopedToNamespace?: boolean;

  /**
   * Whether the mesh's root namespace holds the policy that `Installation.write` puts into `<root namespace>.exits-closed.yaml`. A
   * statement as well. Without it a gateway is open to the whole mesh while it is applied for the first time and while it is pruned,
   * as long as its own policies are not there: Flux applies them after its routes, and prunes them before. `false` prints a warning
   * that says so.
   * @default - taken to be so, with a warning that nothing says it
   */
  readonly rootNamespaceClosesGateways?: boolean;

  /**
   * Whether the mesh's root namespace closes **every waypoint of the mesh that has no ALLOW policy of its own**, other teams'
   * included: there, Istio knows waypoints only all at once. `Installation.write` writes that policy then, as
   * `<root namespace>.waypoints-closed.yaml`. Without it an `EgressWaypoint` is open to every ambient namespace while it is applied for
   * the first time and while it is pruned, unless its policies are applied first and pruned last, see docs/enforcement.md.
   * @default false
   */
  readonly rootNamespaceClosesEveryWaypoint?: boolean;

  /**
   * Whether sidecars answer their workloads' DNS queries (`ISTIO_META_DNS_CAPTURE=true` in the mesh's proxy metadata). A
   * statement as well. With it, hosts with TCP ports are known by a virtual address each, so that many can share a port number.
   * @default false
   */
  readonly dnsProxying?: boolean;

  /**
   * Whether istiod runs with `ENABLE_WILDCARD_HOST_SERVICE_ENTRIES_FOR_TLS=true` (Istio 1.29), so that waypoints look up the
   * names below a wildcard for TLS too, by the server name of the handshake. A statement as well.
   * @default false
   */
  readonly waypointTlsWildcards?: boolean;

  /**
   * Labels for every object that this library makes.
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations for every object that this library makes.
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/**
 * The codes of all findings, and what each means. They are part of the public contract: never reused, and removed only in a major
 * version. The list of `docs/preflight.md` is made of this one.
 */
export const FINDINGS = {
  CalledNameTold:
    "Warning. A route of ours rewrites the Host header, and the exit's pods tell the upstream what it was, in `x-envoy-original-host`: they lack the annotation `proxy.istio.io/config` with `proxyHeaders: { envoyDebugHeaders: { disabled: true } }`, and the mesh's `defaultConfig` does not say it either. See [pods that exist already](gateways.md#pods-that-exist-already).",
  DestinationRuleReplaced:
    "Error. Sidecars of a client, or the exit's gateway, connect as another DestinationRule says, or as it says where ours was silent. istiod looks in the caller's namespace, then in that of the host, then in the root namespace, and takes the first that has any. Of several in one namespace, those with equal `exportTo` are merged, and the oldest policy counts; the others stay apart, and the newest counts. A rule with a `workloadSelector` that is merged with ours takes it away from all other pods. One that says nothing of TLS leaves mutual TLS to Istio where the exit's pods have the label `security.istio.io/tlsMode: istio`, and is the warning below.",
  DestinationRuleSettingsLost:
    'Warning. As above, but TLS stays as it is, and only the version of HTTP is another one (`useClientProtocol`, `h2UpgradePolicy`): gRPC or WebSocket may fail.',
  DuplicateDocument: 'Warning. The input has one object twice, with different content. The last one was taken.',
  ExitsNotClosed:
    "Warning. No AuthorizationPolicy of the root namespace closes the pods of an exit of ours. While the exit is applied for the first time, and while it is pruned, its own policies are not there, and everybody in the mesh can call what it routes. See [enforcement](enforcement.md#an-exit-that-comes-or-goes). Said only where istiod's Deployment was dumped.",
  ExtensionOnClients: "Warning. An EnvoyFilter changes the outbound side of sidecars in a client's namespace.",
  ExtensionOnExit: 'Warning. An EnvoyFilter, WasmPlugin or TrafficExtension changes the Envoy of the exit.',
  GatewayCallsTaken:
    "Error. A Gateway on the exit's pods has a TLS server for the name that our clients' sidecars ask for (`outbound_.80_._.SERVICE`, unless a DestinationRule says another), more exact than ours. It takes the calls, and its routes decide where they go. The test bed shows it, and shows that `PILOT_SCOPE_GATEWAY_TO_NAMESPACE` ends it.",
  GatewayListenerRefused:
    'Error. Two Gateways have servers on one port whose connections Envoy cannot tell apart, and istiod sends both: two for every host, one host as `host` and as `./host`, HTTP that is newer than HTTPS. Envoy refuses the listener. Pods that run keep what they had; pods that start do not become ready.',
  GatewayNotScoped:
    'Warning. istiod runs without `PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true`, so whoever may create a Gateway in any namespace can do what the codes above say. See [enforcement](enforcement.md#what-the-mesh-has-to-bring).',
  GatewayOnOurPods:
    "Warning. A Gateway opens servers on the exit's own pods, without being in the way of ours. Its calls come under our policies.",
  GatewayOutOfScope:
    'Error. istiod runs with `PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true`, and a Gateway of ours stands in another namespace than its pods.',
  GatewayServerSkipped:
    'Error. Two Gateways have servers on one port that do not go together, or the same TLS host. istiod keeps the older one and leaves the other out, and only its log says so. The finding says which of the two is left out.',
  HostDeclaredTwice:
    'Two repos lead one host from one namespace of clients to the same place. Error for TCP: sidecars get two equal filter chains of one listener, Envoy refuses it, and new pods of the namespace do not become ready. Warning for HTTP and TLS: the older route counts, and `istioctl analyze` reports IST0109.',
  HostHidden:
    'Warning. Sidecars take a host from one namespace, their own first. A ServiceEntry of ours there hides one that others use, with the ports that only that has.',
  HostIsService:
    "Error. The external host has the short name of a Service, as `example.com` is Service `example` in namespace `com`. In the client's namespace, our route takes the Service's calls.",
  HostLeavesDirectly:
    'Warning. By a ServiceEntry that clients see, the host can be called on a port that no route leads to a gateway: straight from the pod, past the exit.',
  MeshAllowsAny:
    "Error. The mesh's `outboundTrafficPolicy` is `ALLOW_ANY`, which is also what it is where nothing is set. Nothing is enforced.",
  NamespaceNotDiscovered:
    'Error. The mesh has `discoverySelectors`, and none selects a namespace of ours. istiod ignores what is there.',
  NamespaceNotInjected:
    'Warning for clients: as far as labels say, pods of the namespace get no sidecar. Error for the exit: with `istio-injection: disabled`, its pods do not start.',
  NeighbourRouteReplaced:
    "A VirtualService for a host of ours loses it to ours in a client's namespace. Error where it is of that namespace, warning where it came from another one and still holds elsewhere.",
  NeighbourRuleReplaced:
    'Error. A DestinationRule of ours changes how calls of others go: mutual TLS at its top wraps what they pass through the same Service, or a subset of theirs is lost because its rule has another `exportTo`.',
  NeighbourSubsetRemoved:
    'Error. A DestinationRule of ours replaces one of the same name, and lacks a subset to which routes of others lead: two repos have named their objects alike. Their calls fail with 503 or a reset.',
  ObjectOwnedByAnother:
    'Warning. An object with the name of one of ours is managed by something else, by its labels, its Helm release or its owner; or another Flux Kustomization applied it than most of ours.',
  PodsShareLabels: 'Error. Pods that are not ours have the labels of our exit, where we bring pods of our own.',
  PolicyMayRefuse:
    "A policy holds for the exit's pods and goes before our grants (DENY, CUSTOM); or, where we have none, an ALLOW policy that does not name our calls. Error where it refuses every call.",
  PolicyOpensExit:
    "An ALLOW policy of somebody else also holds for the exit's pods: what any policy allows is let through. Error where it does not narrow down both the callers and the calls.",
  PolicyRefusesNeighbour:
    "Error. An ALLOW policy of ours also holds for pods, or for a gateway's servers, of others. Calls that it does not name are refused there.",
  RouteOnOurGateway:
    'A VirtualService is bound to our Gateway, whose `hosts` accept it. Error where it is for a host of ours and its routes come before ours.',
  RouteReplaced:
    "Error. For a host of ours, sidecars take another VirtualService: for one host and namespace they take one, first those that only their namespace sees, then those exported to it by name, then public ones, then the oldest. Below a wildcard of ours, one that names a host exactly, whoever's it is.",
  ServiceEntriesNotScoped:
    "Warning. The mesh's configuration has no `serviceEntryVisibility`, or one that is public or for ambient alone (without `applyToSidecars: true`). Whoever may write a ServiceEntry in any namespace can do what `ServiceEntryTakesHost` and `ServiceEntryTakesAddress` say. See [enforcement](enforcement.md#what-the-mesh-has-to-bring).",
  ServiceEntryHidesRoute:
    'Error. By another ServiceEntry, sidecars take the port of our host for another protocol, or do not have it. They do not look at our route.',
  ServiceEntryTakesAddress:
    'Warning. A ServiceEntry of another namespace has addresses, and clients see it: their sidecars send on what comes to them on its TCP ports, before they look at a route. If a host of ours has one of them, its calls pass by the exit. Addresses in DNS are not looked up.',
  ServiceEntryTakesHost:
    "Error. The exit's gateway takes our host from another ServiceEntry, which has no such port, says another protocol or place, or has a resolution that no gateway can serve (`NONE`, `DYNAMIC_DNS`).",
  ServiceMissing: 'Error. Our route leads to a Service that is on neither side.',
  ServiceNotVisible:
    "Error. The exit's Service is not exported to a client's namespace, by `networking.istio.io/exportTo` or `defaultServiceExportTo`.",
  ServicePortMissing: "Error. The exit's Service has no port that our routes lead to.",
  ServicePortProtocol:
    "Error. Sidecars listen on port 80 only while they see some HTTP port 80. The exit's Service does not say that its port is one, and no other does.",
  ServiceSelectsOthers: "Error. The exit's Service also selects pods on which our Gateway is not.",
  SidecarAllowsAny: "Error. A Sidecar lets pods of a client's namespace call what nothing declares.",
  SidecarHidesPort:
    "Error. A Sidecar imports our route, and nothing that makes its pods listen on the port: the exit's Service for port 80, the host's ServiceEntry for others.",
  SidecarHidesRoute: 'Error. A Sidecar does not import our route.',
  TcpHostOnPort:
    'Error. TCP hosts without addresses share a port: sidecars cannot tell them apart, and send all connections to one of them.',
  TokensRefused:
    "Warning. A RequestAuthentication also holds for the exit. A bearer token that an application sends to an external host is then refused with 401, unless one of the mesh's own issuers made it.",
};

/**
 * Every code that this library can fail with, what it means and how to mend it. Codes are part of the public contract: never reused,
 * and removed only in a major version. `docs/errors.md` is made of this list. No app loads it: what it needs is the type.
 */
export const ERRORS = {
  AccountabilitySyntax:
    '`owner`, `reason` or `ticket` is empty, too long, more than one line, or holds white space at its ends, control characters or those that change the direction of writing; or `expires` is no day of the calendar as `YYYY-MM-DD`. They stand in annotations and reports as they are. See [who answers for it](report.md#who-answers-for-it).',
  AddressSyntax:
    '`addresses` are no IP addresses or CIDR ranges, ranges so wide (below /8, for IPv6 below /32) that they would take other calls, or ranges with bits beyond their prefix; they stand where nothing goes by addresses (no TCP port) or cannot tell hosts apart (several hosts); or they are missing where nothing else tells a host apart: several hosts on a TCP port, or TCP on 80 or 443. See [TCP](tcp.md#how-a-sidecar-recognises-a-host).',
  CaptureConflict:
    'TCP connections of one namespace to one address and port are led to two hosts. A sidecar knows a TCP host by its address alone: give each host `addresses` of its own, or set `dnsProxying`. At a [waypoint](ambient.md#what-it-refuses-to-carry), which ztunnel leads to by addresses, two hosts have one in common.',
  ClientAnyAlone:
    '`EgressClient.anyInMesh()` stands beside named clients, which it includes. Keep one or the other: a list that looks restrictive must not be open.',
  ClientHopConflict:
    "Two declarations lead one namespace to one host in two ways: to different exits, through an exit and straight out, with different retries or another protocol on one port, at different `addresses`, straight out with different settings or to different endpoints, with different values of one label or annotation; or for the whole mesh and for a namespace. All that calls a host in a namespace shares one set of objects, because a sidecar takes the first route and the first ServiceEntry that it finds. Or sidecars of a [waypoint](ambient.md#names)'s namespace are led to a host that the waypoint serves: it would take their routes.",
  ClientInExitNamespace:
    "A client runs in the exit's own namespace. Sidecars there see the exit's ServiceEntries and could call the hosts directly, past the gateway or waypoint and its policies.",
  ClientsMissing: 'Nobody is named as a client.',
  ClusterRangesMissing:
    "An `ExitGuard` without `clusterRanges`, or with an empty list: hosts of which only the name is known would be let out to the cluster's own pods, Services and nodes as well. Name the ranges, or say `podsMayReachCluster: true`.",
  CredentialNamespace:
    'A credential is named with a namespace or a scheme, or is a Secret of the app in another namespace than the gateway that uses it. Istio gives a gateway only Secrets of its own namespace.',
  DestinationConflict:
    'Two declarations send one host through one exit with different settings. All clients of a host share its route; make the settings equal or use another exit.',
  DuplicateObject:
    'Two objects of the app have one kind, namespace and name; whichever is applied later would replace the other. Also two entries of one name for the mesh configuration, which istiod would refuse as a whole.',
  EndpointSyntax:
    '`endpoints` is an empty list, an address is neither IP address nor DNS name, there are several with `DNS_ROUND_ROBIN`, a locality is not "region/zone", or localities stand without `outlierDetection`, so that nothing would ever fail over.',
  ExitCannotCarry:
    'The exit cannot carry what is declared, or not as it is said. Each exit has its limits: [gateways](gateways.md), [imported gateways](flux.md), [sidecars](sidecar-exit.md), [forward proxies](connect-proxy.md), [waypoints](ambient.md#what-it-refuses-to-carry). Also: an exit that another app makes, or a value that is no exit of this library.',
  ExitInRootNamespace: "An exit in Istio's root namespace. Policies there hold for gateways of every namespace.",
  ExitSelectorShared:
    "Two exits select the same pods. A Gateway's selector looks at labels, so the servers of both would be opened on each.",
  GuardDirect:
    'A guarded namespace declares hosts through a `SidecarExit` by name. A NetworkPolicy knows no names: their ports would be open to every address, for processes that get round the sidecar too. Use an EgressGateway, give `endpoints` that are IP addresses, or say `directPortsToAnyAddress: true`.',
  GuardExitUnknown:
    'A guarded namespace, or a guarded exit, uses pods of which nothing tells the labels or the ports on which they listen. A NetworkPolicy is about these, not about Services. They can be said in `EgressGateway.imported` (`labels`, `httpTargetPort`, `tlsTargetPort`) and in `GatewayWorkload.existing`.',
  GuardNamespaces:
    'A guard has no namespace: none is named, or no Namespace object of the app carries the labels when the guard is made. Also reported for Namespaces with those labels that are made after the guard, and would stay open.',
  GuardOnExit:
    'An exit stands in a namespace that an `EgressGuard` closes. Its pods would be cut off from the hosts outside; an `ExitGuard` closes them as they need it.',
  GuardTwice:
    'Two `EgressGuard`s keep one namespace. What one of them opens, the other cannot close: network policies add up, Istio takes one of two Sidecars, and an exit that only observes a namespace for one guard refuses it nothing. Guard each namespace once.',
  HeaderSyntax:
    'A header name is not a token of RFC 9110, is `Host`, a pseudo-header or `constructor`, or is named twice in different case; belongs to the connection or to the length of the message (`Connection`, `Transfer-Encoding`, `Content-Length`, `TE`, `Upgrade`, `Expect`, `Proxy-…`), which one request could become two by; is an `x-envoy-…` that is set or added, of which Envoy takes orders; a value is not printable ASCII on one line; or `keepMeshHeaders` names a header that is not removed.',
  HostCount:
    "More than Kubernetes stores in one object: hosts in the policy of a client namespace at an exit (some 15,000), or servers in an exit's Gateway (some 5,000 hosts of TLS passthrough or TCP, fewer with many clients). Split them over several exits or namespaces. Of what cannot be counted while it is declared, as rules with many paths, it is said when the object is written, by cdk8s as the reason why that failed.",
  HostInCluster: "The host is one of the cluster's own Services, or a wildcard stands for them too.",
  HostIpAddress: 'The host is an IP address, also in a form such as `0x7f.1`.',
  HostOnTwoExits:
    "Two exits of one namespace reach the same host, or one exit under two names (an `UpstreamProxy` and a declaration of the upstream itself, for instance). Istio merges what stands in one namespace, so one exit's settings would hold for both. Also a wildcard at one [waypoint](ambient.md#names) and a host below it at another of the same namespace.",
  HostSyntax:
    'The host is not a fully qualified DNS name: it has a scheme, a port, a path, white space, a label that is empty, too long or of other characters, or only one label; or it is so long that the server name of the hop, with the port in front, would be none.',
  HostWildcard:
    'A wildcard where none can be: not as "*." in front of a domain, at a gateway without `endpoints` (a gateway has no address to resolve for it), on a TCP port, or at a `SidecarExit` with TLS origination or another `upstreamHttp` than HTTP/1.1 and no `endpoints`. At a waypoint: with `endpoints`, TLS origination, another `upstreamHttp`, HTTP on another port than 80, or settings of connections; with more hosts below it on the same waypoint than its routes can leave out; with TLS of the application where istiod\'s flag for it is not stated (`waypointTlsWildcards`). See [wildcards](wildcards.md), [at a waypoint](ambient.md#wildcards).',
  HostsMissing: 'No host is given.',
  HttpRuleSyntax:
    "`rules` is an empty list, with which every call would pass: leave it out for that. Or a rule has no condition or an empty list, a method, path, header or value that Istio cannot match, or one header twice; a path that an upstream may read in another way than a policy (encoded slashes and dots, `//`, `;`), or in a `deny` one that can be sent in another spelling; the value of a header in a `deny`, or the beginning or end of one; a value of `Host` or of a header of the connection or of the message's length, which the exit would write; more values of headers for a host than its routes can tell apart; it is about a client that the declaration does not name; or it stands on an [opaque port](glossary.md#the-way-of-a-call) (TLS passthrough, TCP). Also a path of an `IngressProxy` that cannot be served, or stands beside TLS passthrough.",
  IngressHostTwice:
    'Two constructs have one ingress gateway serve the same host name. Of two Gateways for one name Istio takes one.',
  InstallationFolder:
    '`Installation.write` is told to write into the output of the app, where Flux would apply the files as manifests.',
  LabelSyntax:
    'The labels that select pods (of an exit, of an ingress gateway) are none, or not valid; or `nodeSelector` or a toleration is none that Kubernetes takes.',
  MeshConfiguredLate:
    '`Mesh.configure` was called twice for a scope, or after a construct below it had used the settings.',
  MetadataReserved:
    "`metadata` sets `name` or `namespace`, but goes to several objects; or, for a waypoint, labels by which Istio would send its hosts' calls elsewhere.",
  NameSyntax:
    "A name is not a DNS-1123 label of at most 63 characters (for a service account or a Secret: a subdomain), or nothing of a construct path can stand in a name. Also `constructor`, which cdk8s's constructs cannot tell from what every object of theirs has, and `none` for a waypoint, by which Istio means that there is none.",
  NamespaceMissing:
    'An object of the app is to be a client or a credential, and neither it nor its chart says a namespace: it would come into that of whoever applies it.',
  NotDeclared: 'The objects of a host, a namespace or a client hop are asked for, and no declaration made any.',
  NotInline:
    'The host is a lazy value, a token or no string. Names of objects and routes follow from it, so it has to be known at construction. Also: of a workload that is to be a client, the pods are not known yet.',
  NotOutside:
    'A host, an endpoint or a range is not outside: loopback, link-local, multicast, unspecified and reserved addresses, an IPv4 address in IPv6 form, or a place where clouds give credentials away (`169.254.169.254`, `168.63.129.16`, `100.100.100.200`, `fd00:ec2::254`, `metadata.google.internal` …). No exit leads there, and no guard opens it.',
  OptionUnknown:
    'An option has a name that there is none of, as `rule` for `rules`. TypeScript says so too; plain JavaScript would leave the option out, and with it what it closes.',
  OtherApp:
    'A client or a credential is an object that another app makes. Name it by a text (`EgressClient.serviceAccount`, `TlsCredential.named`), under a name that both apps agree on: names that cdk8s makes change when a construct moves.',
  OutOfRange:
    'A number or a duration is out of its range; the error says which one. Ports are whole numbers from 1 to 65535 without those on which the sidecar itself listens (15001, 15006); retries go from 1 to 10; a timeout is no shorter than a millisecond, which Istio takes for "no limit". Also: the pods of a gateway request more than their limit, or `replicas` stands beside bounds for an autoscaler.',
  OutputFileCollision:
    'With one file per resource, cdk8s names files by kind and name only; two objects of different namespaces would be written to one file.',
  PortConflict:
    'A port is declared twice, one port of the external host would speak two protocols, HTTP and an [opaque port](glossary.md#the-way-of-a-call) would share a port of the gateway, or two ports of a host are declared without identity, where the exit sees only the name.',
  PortsMissing: 'No port is given.',
  ProbeSyntax: '`upstreamProbe` has no usable path, or the gateway has no HTTP port of an upstream that it could ask.',
  QuantitySyntax: 'An amount of CPU or memory is not what Kubernetes takes.',
  ResolutionNone:
    'Resolution `NONE` sends calls to where they were going. At a gateway that is the gateway: an endless loop; at a sidecar a caller could name one host and reach any address. Reported for declarations, and for hand-written ServiceEntries of the app that the exit would see.',
  ServiceAccountDots:
    'The mesh\'s Istio version reads the dots of a service account\'s name in a policy as "any character" (CVE-2026-39350), so the grant would let other accounts through.',
  SidecarTwice:
    'Two Sidecars of the app are for all workloads of one namespace. Istio takes the older one in the cluster, whichever that is.',
  SubjectAltNameSyntax:
    "The list of names for the server's certificate is empty, or holds what no certificate can carry.",
  TelemetryTwice:
    'Two Telemetries of the app are for all workloads of one namespace. Istio takes the older one in the cluster and ignores everything in the other.',
  UnaskedBytes:
    "A TCP port for a whole namespace at a gateway, where a policy decides who calls, and not the handshake. Envoy asks such a policy when the caller's first byte arrives, so that whoever in the mesh stays silent reads all that the server sends by itself. Name service accounts, or accept it with `anyoneInMeshMayReadWhatServerSendsUnasked: true` on the port. See [TCP](tcp.md#refused-callers).",
  VersionUnsupported:
    '`istioVersion` is no version, is older than 1.25, the first with `serviceAccounts` in AuthorizationPolicy, or is too old for what is declared: names below a wildcard at a `SidecarExit` without `endpoints` need 1.30; at an `EgressWaypoint` they need 1.28, over TLS 1.29, and `workload` needs 1.26; `serviceEntriesScopedToNamespace: true` cannot be said of a mesh before 1.31.',
  WrongType:
    "An option has a value of another kind than it takes: a client that is no `EgressClient`, a port no `EgressPort`, a rule no `HttpRule`, `retries` no `HttpRetries`, `tls` no `UpstreamTls`, `workload` no `GatewayWorkload`, `authorization` no `OpaAuthorization`, `upstreamHttp` no `UpstreamHttp`, `anyoneInMeshMayReadWhatServerSendsUnasked` neither true nor false; a text where a list, an object or `true` belongs, or `null`; or a guard's `namespaces`, `inCluster` or `mode` are nothing that says so. Plain JavaScript lets anything through to the library; nothing else may be taken for a client, least of all for every client.",
};

// Package follow goes with a call from its caller to where it ends, proxy by proxy.
package follow

// Call is what somebody asks about.
type Call struct {
	// From is the caller, `namespace/workload` or `namespace/service account`.
	From string `json:"from"`
	// URL says what is called: http, https, tcp or tls.
	URL    string `json:"url"`
	Method string `json:"method,omitempty"`
	// Target is path and query as they are sent, where they shall not be the URL's.
	Target  string            `json:"target,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	// Lines are header lines besides, which may have a name several times.
	Lines [][2]string `json:"lines,omitempty"`
	// HTTP is the version, 1.1 or 2.
	HTTP string `json:"http,omitempty"`
	// SNI is the server name where it shall not be the URL's host.
	SNI *string `json:"sni,omitempty"`
	// ConnectTo is where the connection goes instead of the URL's host and port.
	ConnectTo *Place `json:"connectTo,omitempty"`
}

// Place is where a connection goes.
type Place struct {
	Host string `json:"host"`
	Port uint16 `json:"port,omitempty"`
}

// Verdict is what becomes of a call.
type Verdict string

const (
	// Allowed calls arrive: outside the mesh, or at a workload.
	Allowed Verdict = "allowed"
	// Refused calls end at a proxy or a network policy, by what is configured.
	Refused Verdict = "refused"
	// Failed calls would be let through, and do not get there: two sides of a connection do not fit.
	Failed Verdict = "failed"
	// Depends is the verdict where something decides that manifests do not tell.
	Depends Verdict = "depends"
)

// Answer is what becomes of a call, and why.
type Answer struct {
	Verdict Verdict `json:"verdict"`
	// Reason is a sentence.
	Reason string `json:"reason"`
	// Status is what the caller of HTTP gets, where a proxy answers.
	Status int   `json:"status,omitempty"`
	Hops   []Hop `json:"hops"`
	// Arrives is where an allowed call ends.
	Arrives     *Arrival `json:"arrives,omitempty"`
	Assumptions []string `json:"assumptions,omitempty"`
}

// Hop is what one proxy does with a call.
type Hop struct {
	// Kind is sidecar, ztunnel, waypoint or gateway.
	Kind string `json:"kind"`
	// Pod is whose proxy it is, `namespace/workload`.
	Pod string `json:"pod"`
	// Sees is the identity of the one before, where mutual TLS tells it.
	Sees        string `json:"sees,omitempty"`
	Listener    string `json:"listener,omitempty"`
	FilterChain string `json:"filterChain,omitempty"`
	Route       string `json:"route,omitempty"`
	Cluster     string `json:"cluster,omitempty"`
	// Decided are the objects that decided here.
	Decided []Reference `json:"decided,omitempty"`
	To      string      `json:"to,omitempty"`
	TLS     *TLS        `json:"tls,omitempty"`
}

// Reference is an object, and where its manifest stands.
type Reference struct {
	Object string `json:"object"`
	// Does says what it decided: routes, allows, refuses, connects.
	Does string `json:"does"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// TLS is how a hop connects to the next.
type TLS struct {
	ServerName string `json:"serverName,omitempty"`
	// Certificate is the name of the client's certificate; `default` is the workload's own.
	Certificate string `json:"certificate,omitempty"`
	// Authority verifies the server; nothing does where it is empty.
	Authority string `json:"authority,omitempty"`
	// Names are those that the server's certificate must have one of.
	Names []string `json:"names,omitempty"`
}

// Arrival is where a call ends.
type Arrival struct {
	// Outside is set where it leaves the mesh.
	Outside bool `json:"outside"`
	// Host is the name that was looked up last, or the address.
	Host string `json:"host"`
	Port uint16 `json:"port"`
	// From is the pod that it leaves from.
	From string `json:"from"`
	// Pod is the workload where it arrives inside.
	Pod string `json:"pod,omitempty"`
	// Encryption is `none`, `caller` where the caller's own TLS passes through, or `exit` where a proxy begins it.
	Encryption string `json:"encryption"`
	ServerName string `json:"serverName,omitempty"`
	// Verified is set where a proxy verifies the server by its name.
	Verified  bool   `json:"verified,omitempty"`
	Authority string `json:"authority,omitempty"`
	Method    string `json:"method,omitempty"`
	Target    string `json:"target,omitempty"`
	// Identity is the SPIFFE name with which a workload of the mesh is reached.
	Identity string `json:"identity,omitempty"`
}

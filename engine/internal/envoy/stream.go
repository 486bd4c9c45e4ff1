// Package envoy decides as Envoy does, by the configuration that a proxy got: which listener, filter chain, policy, route and cluster a call meets.
package envoy

import (
	"net/netip"
	"strings"
)

// Stream is what a connection carries: TLS with something inside, HTTP, or bytes that are neither.
type Stream struct {
	TLS  *TLS
	HTTP *Request
}

// TLS is a session that a client begins.
type TLS struct {
	ServerName string
	ALPN       []string
	// Identity is the SPIFFE name of the client's certificate; empty without one of the mesh.
	Identity string
	Inside   Stream
}

// Request is a request of HTTP.
type Request struct {
	Method    string
	Authority string
	// Target is path and query.
	Target  string
	Headers Headers
	// Version is 1 or 2.
	Version int
}

// Headers are by names in lower case.
type Headers map[string][]string

// Get joins what several lines of one name say, as Envoy's matchers do.
func (h Headers) Get(name string) (string, bool) {
	values, is := h[strings.ToLower(name)]
	return strings.Join(values, ","), is
}

// Clone is a copy.
func (h Headers) Clone() Headers {
	copied := Headers{}
	for name, values := range h {
		copied[name] = append([]string(nil), values...)
	}
	return copied
}

// Path is what policies read: without query and fragment.
func (r *Request) Path() string {
	path, _, _ := strings.Cut(r.Target, "?")
	path, _, _ = strings.Cut(path, "#")
	return path
}

// Get reads a header, and what Envoy has as one.
func (r *Request) Get(name string) (string, bool) {
	switch name {
	case ":authority", "host", "Host":
		return r.Authority, true
	case ":method":
		return r.Method, true
	case ":path":
		return r.Target, true
	}
	return r.Headers.Get(name)
}

// Connection is a stream on its way to an address.
type Connection struct {
	From netip.Addr
	To   netip.AddrPort
	Stream
}

// Facts are what policies judge a call by.
type Facts struct {
	Connection
	// ServerName is what the listener read of TLS.
	ServerName string
	// Peer is the identity at the other side of mutual TLS that the proxy ended.
	Peer string
	// Encrypted is set where the proxy ended TLS.
	Encrypted bool
	Request   *Request
}

package envoy

import (
	"strings"

	envoycore "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
)

// changes is what routes, virtual hosts and configurations say of a request's headers.
type changes interface {
	GetRequestHeadersToAdd() []*envoycore.HeaderValueOption
	GetRequestHeadersToRemove() []string
}

func apply(request *Request, its changes) {
	for _, name := range its.GetRequestHeadersToRemove() {
		delete(request.Headers, strings.ToLower(name))
	}
	for _, option := range its.GetRequestHeadersToAdd() {
		name, value := strings.ToLower(option.GetHeader().GetKey()), option.GetHeader().GetValue()
		if name == ":authority" || name == "host" {
			request.Authority = value
			continue
		}
		existing, present := request.Headers[name]
		switch option.GetAppendAction() {
		case envoycore.HeaderValueOption_APPEND_IF_EXISTS_OR_ADD:
			request.Headers[name] = append(existing, value)
		case envoycore.HeaderValueOption_ADD_IF_ABSENT:
			if !present {
				request.Headers[name] = []string{value}
			}
		case envoycore.HeaderValueOption_OVERWRITE_IF_EXISTS:
			if present {
				request.Headers[name] = []string{value}
			}
		default:
			request.Headers[name] = []string{value}
		}
	}
}

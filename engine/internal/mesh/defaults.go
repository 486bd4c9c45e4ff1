package mesh

import (
	"k8s.io/apimachinery/pkg/runtime"
	kubegateway "sigs.k8s.io/gateway-api/apis/v1"
)

// defaults sets what the API server would, by the CRDs of the Gateway API: istiod relies on it.
func defaults(object runtime.Object) {
	route, is := object.(*kubegateway.HTTPRoute)
	if !is {
		return
	}
	for index := range route.Spec.ParentRefs {
		parent := &route.Spec.ParentRefs[index]
		orElse(&parent.Group, kubegateway.GroupName)
		orElse(&parent.Kind, "Gateway")
	}
	for index := range route.Spec.Rules {
		rule := &route.Spec.Rules[index]
		if len(rule.Matches) == 0 {
			rule.Matches = []kubegateway.HTTPRouteMatch{{}}
		}
		for at := range rule.Matches {
			defaultMatch(&rule.Matches[at])
		}
		for at := range rule.BackendRefs {
			backend := &rule.BackendRefs[at]
			orElse(&backend.Group, "")
			orElse(&backend.Kind, "Service")
			orElse(&backend.Weight, 1)
		}
	}
}

func defaultMatch(match *kubegateway.HTTPRouteMatch) {
	if match.Path == nil {
		match.Path = &kubegateway.HTTPPathMatch{}
	}
	orElse(&match.Path.Type, kubegateway.PathMatchPathPrefix)
	orElse(&match.Path.Value, "/")
	for at := range match.Headers {
		orElse(&match.Headers[at].Type, kubegateway.HeaderMatchExact)
	}
	for at := range match.QueryParams {
		orElse(&match.QueryParams[at].Type, kubegateway.QueryParamMatchExact)
	}
}

func orElse[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

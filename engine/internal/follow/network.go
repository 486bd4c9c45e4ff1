package follow

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"cdk8s-istio-egress-engine/internal/mesh"
)

// isDropped names the NetworkPolicies that stop a connection, if any do: those of the pod where it begins, and those of the pod where it ends.
// Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
func (w *walk) isDropped(from, to *mesh.Pod, at netip.AddrPort) string {
	if from == to {
		return ""
	}
	if refusing := w.closes(from, networkingv1.PolicyTypeEgress, func(policy *networkingv1.NetworkPolicy) bool {
		return slices.ContainsFunc(policy.Spec.Egress, func(rule networkingv1.NetworkPolicyEgressRule) bool {
			return w.opens(policy, rule.To, rule.Ports, to, to, at)
		})
	}); refusing != "" {
		return refusing
	}
	if to == nil {
		return ""
	}
	source := netip.AddrPortFrom(addressOf(from), at.Port())
	return w.closes(to, networkingv1.PolicyTypeIngress, func(policy *networkingv1.NetworkPolicy) bool {
		return slices.ContainsFunc(policy.Spec.Ingress, func(rule networkingv1.NetworkPolicyIngressRule) bool {
			return w.opens(policy, rule.From, rule.Ports, from, to, source)
		})
	})
}

// closes names the policies of a pod of one direction, if there are some and none of them opens.
func (w *walk) closes(pod *mesh.Pod, direction networkingv1.PolicyType, opens func(*networkingv1.NetworkPolicy) bool) string {
	names := ""
	for _, policy := range w.mesh.NetworkPolicies(pod) {
		if !isOf(policy, direction) {
			continue
		}
		if opens(policy) {
			return ""
		}
		if names != "" {
			names += ", "
		}
		names += "NetworkPolicy/" + policy.Namespace + "/" + policy.Name
	}
	return names
}

func isOf(policy *networkingv1.NetworkPolicy, direction networkingv1.PolicyType) bool {
	if len(policy.Spec.PolicyTypes) > 0 {
		return slices.Contains(policy.Spec.PolicyTypes, direction)
	}
	return direction == networkingv1.PolicyTypeIngress || len(policy.Spec.Egress) > 0
}

func (w *walk) opens(policy *networkingv1.NetworkPolicy, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort, peer, server *mesh.Pod, at netip.AddrPort) bool {
	if len(ports) > 0 && !slices.ContainsFunc(ports, func(port networkingv1.NetworkPolicyPort) bool { return isPort(port, server, at.Port()) }) {
		return false
	}
	return len(peers) == 0 || slices.ContainsFunc(peers, func(one networkingv1.NetworkPolicyPeer) bool { return w.isPeer(policy, one, peer, at.Addr()) })
}

func isPort(port networkingv1.NetworkPolicyPort, server *mesh.Pod, number uint16) bool {
	if port.Protocol != nil && *port.Protocol != corev1.ProtocolTCP {
		return false
	}
	if port.Port == nil {
		return true
	}
	if name := port.Port.StrVal; name != "" {
		return server != nil && slices.ContainsFunc(server.Spec.Containers, func(container corev1.Container) bool {
			return slices.ContainsFunc(container.Ports, func(named corev1.ContainerPort) bool {
				return named.Name == name && named.ContainerPort == int32(number)
			})
		})
	}
	last := port.Port.IntVal
	if port.EndPort != nil {
		last = *port.EndPort
	}
	return port.Port.IntVal <= int32(number) && int32(number) <= last
}

func (w *walk) isPeer(policy *networkingv1.NetworkPolicy, peer networkingv1.NetworkPolicyPeer, pod *mesh.Pod, address netip.Addr) bool {
	if block := peer.IPBlock; block != nil {
		return contains(block.CIDR, address) && !slices.ContainsFunc(block.Except, func(except string) bool { return contains(except, address) })
	}
	if pod == nil {
		return false
	}
	if peer.NamespaceSelector == nil && pod.Namespace != policy.Namespace {
		return false
	}
	return selects(peer.NamespaceSelector, w.mesh.Namespace(pod.Namespace).Labels) && selects(peer.PodSelector, pod.Labels)
}

func selects(selector *metav1.LabelSelector, its map[string]string) bool {
	if selector == nil {
		return true
	}
	made, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && made.Matches(labels.Set(its))
}

func contains(cidr string, address netip.Addr) bool {
	prefix, err := netip.ParsePrefix(cidr)
	return err == nil && prefix.Contains(address)
}

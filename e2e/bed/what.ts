import { useImages } from './parts';

/** What a run consists of, in a line: its results mean no more than that. */
export function whatItIs(): string {
  const envoy = useImages() ? 'Istio’s own Envoy' : 'upstream Envoy (without Istio’s own filters)';
  return `A real istiod and kube-apiserver with ${envoy}; no kubelet, and a stand-in for ztunnel.`;
}

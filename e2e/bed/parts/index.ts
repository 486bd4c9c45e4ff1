import { join } from 'node:path';
import { etcd } from './debian';
import { envoy } from './envoy';
import { crds, istio, kubernetes, opa, ztunnel } from './go';
import { officialImages } from './images';

export { installDebianTools } from './debian';

/** Paths of everything that the bed runs. */
export interface Parts {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
  readonly istiod: string;
  readonly istioctl: string;
  readonly opa: string;
  /** What pods run; they see it in the place where Istio's images have it. */
  readonly pilotAgent: string;
  readonly envoy: string;
  /** It lacks the filters of Istio's own build. */
  readonly envoyIsUpstream: boolean;
  /** Plays ztunnel in the pods of ambient namespaces. */
  readonly ztunnel: string;
  /** Directories and files of CRDs to apply. */
  readonly crds: string[];
  /** Envoy's bootstrap, as pilot-agent fills it in. */
  readonly bootstrap: string;
  /** Directory with the templates from which istiod makes what it deploys. */
  readonly injection: string;
}

/** What is Istio's own: its control plane, and what runs in pods. */
type IstioParts = Pick<
  Parts,
  'istiod' | 'istioctl' | 'pilotAgent' | 'envoy' | 'envoyIsUpstream' | 'bootstrap' | 'injection'
>;

async function istioFromSource(): Promise<IstioParts> {
  const fromIstio = await istio();
  return {
    istiod: join(fromIstio, 'pilot-discovery'),
    istioctl: join(fromIstio, 'istioctl'),
    pilotAgent: join(fromIstio, 'pilot-agent'),
    envoy: join(await envoy(), 'envoy'),
    envoyIsUpstream: true,
    bootstrap: join(fromIstio, 'envoy_bootstrap.json'),
    injection: join(fromIstio, 'inject'),
  };
}

async function istioFromImages(): Promise<IstioParts> {
  const images = await officialImages();
  return {
    istiod: join(images, 'pilot-discovery'),
    istioctl: join(images, 'istioctl'),
    pilotAgent: join(images, 'pilot-agent'),
    envoy: join(images, 'envoy'),
    envoyIsUpstream: false,
    bootstrap: join(images, 'envoy_bootstrap_tmpl.json'),
    injection: join(images, 'inject'),
  };
}

/** Whether the environment asks for Istio's official images. */
export const useImages = () => process.env.ISTIO_FROM === 'images';

/** Builds or reuses the parts: about 15 minutes when nothing is cached, no time when all is. */
export async function buildParts(): Promise<Parts> {
  const fromIstio = useImages() ? await istioFromImages() : await istioFromSource();
  const [fromKubernetes, definitions] = [await kubernetes(), await crds()];
  return {
    ...fromIstio,
    etcd: await etcd(),
    apiServer: join(fromKubernetes, 'kube-apiserver'),
    kubectl: join(fromKubernetes, 'kubectl'),
    opa: join(await opa(), 'opa'),
    ztunnel: join(await ztunnel(), 'ztunnel'),
    crds: [join(definitions, 'istio.yaml'), join(definitions, 'gateway-api')],
  };
}

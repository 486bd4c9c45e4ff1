import { join } from 'node:path';
import { etcd } from './debian';
import { envoy } from './envoy';
import { istio, kubernetes } from './go';

export { installDebianTools } from './debian';

/** Paths of everything that the bed runs. */
export interface Parts {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
  readonly istiod: string;
  readonly istioctl: string;
  readonly hbone: string;
  /** Directory with `pilot-agent`; pods see it as the place where Istio's image has it. */
  readonly agent: string;
  /** Directory with `envoy`. */
  readonly envoy: string;
  /** Directories and files of CRDs to apply. */
  readonly crds: string[];
  /** Envoy's bootstrap, as pilot-agent fills it in. */
  readonly bootstrap: string;
}

/** Builds or reuses the parts: about 15 minutes when nothing is cached, no time when all is. */
export async function buildParts(): Promise<Parts> {
  const [fromIstio, fromKubernetes, fromEnvoy] = [await istio(), await kubernetes(), await envoy()];
  return {
    etcd: await etcd(),
    apiServer: join(fromKubernetes, 'kube-apiserver'),
    kubectl: join(fromKubernetes, 'kubectl'),
    istiod: join(fromIstio, 'pilot-discovery'),
    istioctl: join(fromIstio, 'istioctl'),
    hbone: join(fromIstio, 'hbone'),
    agent: fromIstio,
    envoy: fromEnvoy,
    crds: [join(fromIstio, 'crds/istio.yaml'), join(fromIstio, 'crds/gateway-api')],
    bootstrap: join(fromIstio, 'envoy_bootstrap.json'),
  };
}

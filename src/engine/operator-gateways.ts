import { Manifest, Source } from '../model/manifest';
import { Value } from '../model/value';

/** A gateway that `istioctl` installs from an IstioOperator file. */
export interface OperatorGateway {
  readonly namespace: string;
  readonly name: string;
  readonly source: Source;
  /** Its Deployment and its Service, as far as they decide where calls go. */
  readonly manifests: object[];
}

/**
 * The gateways of IstioOperator files. No cluster knows the kind: `istioctl manifest generate` makes objects of it, which are
 * nowhere among the manifests.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/
 */
export function operatorGateways(manifests: Manifest[]): OperatorGateway[] {
  return manifests
    .filter(({ kind }) => kind === 'IstioOperator')
    .flatMap(({ spec, source }) =>
      ['egressGateways', 'ingressGateways']
        .flatMap((list) => spec.at('components', list).items)
        .filter((component) => component.at('enabled').text !== 'false')
        .map((component) => gatewayOf(component, source)),
    );
}

function gatewayOf(component: Value, source: Source): OperatorGateway {
  const name = component.at('name').text ?? 'istio-egressgateway';
  const namespace = component.at('namespace').text ?? 'istio-system';
  const labels = component.at('label').map;
  const k8s = component.at('k8s');
  const metadata = { name, namespace };
  const template = {
    metadata: {
      labels: { ...labels, ...patchedLabels(k8s, name) },
      annotations: k8s.at('podAnnotations').map,
    },
    spec: {
      serviceAccountName: `${name}-service-account`,
      containers: [{ name: 'istio-proxy', args: ['proxy', 'router'] }],
    },
  };
  const deployment = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
    spec: { selector: { matchLabels: labels }, template },
  };
  const service = {
    ...{ apiVersion: 'v1', kind: 'Service', metadata },
    spec: { selector: labels, ports: k8s.at('service', 'ports').raw },
  };
  return { namespace, name, source, manifests: [deployment, service] };
}

const LABEL = 'spec.template.metadata.labels.';

/** Labels that an overlay gives to the pods. */
function patchedLabels(k8s: Value, name: string): Record<string, string> {
  const patches = k8s
    .at('overlays')
    .items.filter((overlay) => overlay.at('kind').text === 'Deployment' && overlay.at('name').text === name)
    .flatMap((overlay) => overlay.at('patches').items);
  return Object.fromEntries(
    patches.flatMap((patch) => {
      const path = patch.at('path').text ?? '';
      const value = patch.at('value').text;
      return path.startsWith(LABEL) && value !== undefined
        ? [[path.slice(LABEL.length).replaceAll('\\.', '.'), value]]
        : [];
    }),
  );
}

import { Construct } from 'constructs';
import { checkProxy } from './connect-proxy';
import { EgressGatewayProps } from './egress-gateway';
import { OwnGatewayAddress, tlsServiceName } from '../exit/address';
import { MANAGED_TARGET_PORTS } from './pods/gateway-pod-spec';
import { checkExisting, checkWorkload, ExistingGatewayOptions, GatewayInstallation } from './pods/gateway-workload';
import { checkMetadata } from '../mesh/manifest';
import { Mesh } from '../mesh/mesh';
import { exitLabel } from '../naming';

interface ExitName {
  readonly exitName: string;
  readonly namespace: string;
}

/** How a gateway of this app is reached and selected. */
export function ownGatewayAddress(scope: Construct, name: ExitName, props: EgressGatewayProps): OwnGatewayAddress {
  const { _existing, _managed } = checkWorkload(scope, props.workload);
  const existing = _existing && checkExisting(scope, _existing);
  const { http, opaque } = existing
    ? existingServices(existing)
    : managedServices(name, _managed?.installation === GatewayInstallation.ISTIO_OPERATOR);
  const at = ({ service, port }: { service: string; port: number }) => ({
    host: `${service}.${name.namespace}.svc.${Mesh.of(scope).clusterDomain}`,
    port,
  });
  return {
    exitName: name.exitName,
    namespace: name.namespace,
    http: at(http),
    opaque: at(opaque),
    targetPorts: existing ? { http: existing.httpTargetPort, opaque: existing.tlsTargetPort } : MANAGED_TARGET_PORTS,
    selector: existing?.labels ?? { istio: exitLabel(name) },
    connectProxy: props.connectProxy === undefined ? undefined : checkProxy(scope, props.connectProxy),
    metadata: checkMetadata(scope, props.metadata),
  };
}

function existingServices({ service, httpPort = 80, tlsService = service, tlsPort = 443 }: ExistingGatewayOptions) {
  return { http: { service, port: httpPort }, opaque: { service: tlsService, port: tlsPort } };
}

/** Istio's own installation knows one Service per gateway. */
function managedServices({ exitName }: ExitName, oneService: boolean) {
  return {
    http: { service: exitName, port: 80 },
    opaque: { service: oneService ? exitName : tlsServiceName(exitName), port: 443 },
  };
}

import { Construct } from 'constructs';
import { checkProxy } from './connect-proxy';
import { EgressGatewayProps } from './egress-gateway-props';
import { gatewayServices, servicesAt } from './pods/gateway-services';
import { checkWorkload, ExistingGatewayOptions, GatewayInstallation } from './pods/gateway-workload';
import { checkLabels } from './pods/labels';
import { OwnGatewayAddress } from '../exit/address';
import { checkMetadata } from '../mesh/manifest';
import { checkName, exitLabel } from '../naming';

interface ExitName {
  readonly exitName: string;
  readonly namespace: string;
}

/** How a gateway of this app is reached and selected. */
export function ownGatewayAddress(scope: Construct, name: ExitName, props: EgressGatewayProps): OwnGatewayAddress {
  const { exitName, namespace } = name;
  const { _existing, _managed } = checkWorkload(scope, props.workload);
  const existing = _existing && checkExisting(scope, _existing);
  // Istio's own installation knows one Service per gateway.
  const oneService = _managed?.installation === GatewayInstallation.ISTIO_OPERATOR;
  const services = gatewayServices(scope, exitName, existing ?? (oneService ? { tlsService: exitName } : {}));
  return {
    exitName,
    namespace,
    ...servicesAt(scope, namespace, services),
    targetPorts: services.targetPorts,
    selector: existing?.labels ?? { istio: exitLabel(name) },
    connectProxy: props.connectProxy === undefined ? undefined : checkProxy(scope, props.connectProxy),
    metadata: checkMetadata(scope, props.metadata),
  };
}

/** What must be said of pods that exist already, since nothing follows from the gateway's name. @throws NameSyntax, LabelSyntax */
function checkExisting(scope: Construct, existing: ExistingGatewayOptions): ExistingGatewayOptions {
  checkName(scope, 'service', existing.service);
  checkLabels(scope, existing.labels);
  return existing;
}

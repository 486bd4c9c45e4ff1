import { calledNameTold } from './called-name-told';
import { destinationRuleReplaced } from './destination-rule-replaced';
import { exitsNotClosed } from './exits-not-closed';
import { extensionOnClients } from './extension-on-clients';
import { extensionOnExit } from './extension-on-exit';
import { gatewayCallsTaken } from './gateway-calls-taken';
import { gatewayListenerRefused } from './gateway-listener-refused';
import { gatewayNotScoped } from './gateway-not-scoped';
import { gatewayOnOurPods } from './gateway-on-our-pods';
import { gatewayOutOfScope } from './gateway-out-of-scope';
import { gatewayServerSkipped } from './gateway-server-skipped';
import { hostDeclaredTwice } from './host-declared-twice';
import { hostHidden } from './host-hidden';
import { hostIsService } from './host-is-service';
import { hostLeavesDirectly } from './host-leaves-directly';
import { meshAllowsAny } from './mesh-allows-any';
import { namespaceNotDiscovered } from './namespace-not-discovered';
import { namespaceNotInjected } from './namespace-not-injected';
import { neighbourRouteReplaced } from './neighbour-route-replaced';
import { neighbourRuleReplaced } from './neighbour-rule-replaced';
import { neighbourSubsetRemoved } from './neighbour-subset-removed';
import { objectOwnedByAnother } from './object-owned-by-another';
import { podsShareLabels } from './pods-share-labels';
import { policyMayRefuse } from './policy-may-refuse';
import { policyOpensExit } from './policy-opens-exit';
import { policyRefusesNeighbour } from './policy-refuses-neighbour';
import { routeOnOurGateway } from './route-on-our-gateway';
import { routeReplaced } from './route-replaced';
import { serviceEntriesNotScoped } from './service-entries-not-scoped';
import { serviceEntryHidesRoute } from './service-entry-hides-route';
import { serviceEntryTakesAddress } from './service-entry-takes-address';
import { serviceEntryTakesHost } from './service-entry-takes-host';
import { serviceMissing } from './service-missing';
import { serviceNotVisible } from './service-not-visible';
import { servicePortMissing } from './service-port-missing';
import { servicePortProtocol } from './service-port-protocol';
import { serviceSelectsOthers } from './service-selects-others';
import { sidecarAllowsAny } from './sidecar-allows-any';
import { sidecarHidesPort } from './sidecar-hides-port';
import { sidecarHidesRoute } from './sidecar-hides-route';
import { tcpHostOnPort } from './tcp-host-on-port';
import { tokensRefused } from './tokens-refused';
import { Rule } from '../rule';

/** Every rule. */
export const RULES: readonly Rule[] = [
  calledNameTold,
  destinationRuleReplaced,
  exitsNotClosed,
  extensionOnClients,
  extensionOnExit,
  gatewayCallsTaken,
  gatewayListenerRefused,
  gatewayNotScoped,
  gatewayOnOurPods,
  gatewayOutOfScope,
  gatewayServerSkipped,
  hostDeclaredTwice,
  hostHidden,
  hostIsService,
  hostLeavesDirectly,
  meshAllowsAny,
  namespaceNotDiscovered,
  namespaceNotInjected,
  neighbourRouteReplaced,
  neighbourRuleReplaced,
  neighbourSubsetRemoved,
  objectOwnedByAnother,
  podsShareLabels,
  policyMayRefuse,
  policyOpensExit,
  policyRefusesNeighbour,
  routeOnOurGateway,
  routeReplaced,
  serviceEntriesNotScoped,
  serviceEntryHidesRoute,
  serviceEntryTakesAddress,
  serviceEntryTakesHost,
  serviceMissing,
  serviceNotVisible,
  servicePortMissing,
  servicePortProtocol,
  serviceSelectsOthers,
  sidecarAllowsAny,
  sidecarHidesPort,
  sidecarHidesRoute,
  tcpHostOnPort,
  tokensRefused,
];

import { Construct } from 'constructs';
import { MeshSettings, OutboundTrafficPolicy } from './mesh-settings';
import { Slot } from '../slot';

/** A fact about the mesh on which every promise of this library rests, and which it can only be told. */
interface Precondition {
  /** Code of the warning that it is not so. */
  readonly code: string;
  /** What an app states when it is so. */
  readonly statement: string;
  /** What has to be so. */
  readonly needed: string;
  /** What happens while it is not. */
  readonly otherwise: string;
  /** What settings say about it; undefined if they say nothing. */
  readonly stated: (settings: MeshSettings) => boolean | undefined;
}

export const PRECONDITIONS: readonly Precondition[] = [
  {
    code: 'OutboundAllowAny',
    statement: 'outboundTrafficPolicy: OutboundTrafficPolicy.REGISTRY_ONLY',
    needed: 'outboundTrafficPolicy is REGISTRY_ONLY',
    otherwise:
      'outboundTrafficPolicy is ALLOW_ANY: sidecars send calls that no declaration covers straight to the internet, so nothing that is declared here is enforced.',
    stated: ({ outboundTrafficPolicy: mode }) => mode && mode !== OutboundTrafficPolicy.ALLOW_ANY,
  },
  {
    code: 'GatewaysNotScoped',
    statement: 'gatewaysScopedToNamespace: true',
    needed: 'istiod runs with PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true',
    otherwise:
      "PILOT_SCOPE_GATEWAY_TO_NAMESPACE is off: a Gateway of any namespace can select an exit's pods and send its clients' calls elsewhere.",
    stated: ({ gatewaysScopedToNamespace }) => gatewaysScopedToNamespace,
  },
  {
    code: 'ServiceEntriesNotScoped',
    statement: 'serviceEntriesScopedToNamespace: true',
    needed: 'serviceEntryVisibility is NAMESPACE and applies to sidecars (Istio 1.31)',
    otherwise:
      "serviceEntryVisibility is not NAMESPACE for sidecars and gateways: whoever may write a ServiceEntry in any namespace can take an exit's calls by plain HTTP and TCP to a server of their own, and the calls of other namespaces' clients past the exit.",
    stated: ({ serviceEntriesScopedToNamespace }) => serviceEntriesScopedToNamespace,
  },
];

/** Code of the warning that an app does not say of all of them whether they are so. */
export const UNSTATED = 'MeshNotStated';

const USED = new Slot<Set<MeshSettings>>('MeshUsed');

/** Warns of what settings say is not so. */
export function warnOfUnmet(settings: MeshSettings): void {
  for (const { code, otherwise, stated } of PRECONDITIONS) if (stated(settings) === false) warn(code, otherwise);
}

/** Has the app warn, once and when it is synthesized, of what the settings that its constructs use leave unsaid. */
export function warnOfUnstated(scope: Construct, settings: MeshSettings): void {
  const { root } = scope.node;
  const known = USED.of(root);
  if (known) {
    known.add(settings);
    return;
  }
  const used = new Set([settings]);
  USED.set(root, used);
  let said = false; // cdk8s asks once per chart.
  root.node.addValidation({
    validate: () => {
      const unstated = PRECONDITIONS.filter(({ stated }) => [...used].some((each) => stated(each) === undefined));
      if (unstated.length > 0 && !said) warn(UNSTATED, reminder(unstated));
      said = true;
      return [];
    },
  });
}

function reminder(unstated: Precondition[]): string {
  return (
    'the app does not say whether its mesh is closed. What is declared is enforced only if ' +
    `${unstated.map(({ needed }) => needed).join(', and ')}. Installation.write writes these settings. ` +
    `If it is so, say Mesh.configure(app, { ${unstated.map(({ statement }) => statement).join(', ')} }); ` +
    'if not, say that, and you are told what is open. See docs/enforcement.md.'
  );
}

function warn(code: string, message: string): void {
  process.emitWarning(message, { type: 'EgressNotEnforced', code });
}

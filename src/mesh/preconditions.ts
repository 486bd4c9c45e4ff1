import { Construct, IConstruct } from 'constructs';
import { MeshSettings, OutboundTrafficPolicy } from './mesh-settings';
import { warn, warnAtSynthesis } from './warning';
import { Slot } from '../slot';

/** A fact about the mesh on which every promise of this library rests. The library cannot read it anywhere: the app states it. */
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
  {
    code: 'ExitsNotClosed',
    statement: 'rootNamespaceClosesGateways: true',
    needed:
      'the root namespace holds the policy of exits-closed.yaml, which closes gateways that have no policies of their own',
    otherwise:
      'no policy of the root namespace closes gateways that have no policies of their own: a gateway that comes or goes is open to the whole mesh while Flux has not applied its policies yet, or has pruned them already.',
    stated: ({ rootNamespaceClosesGateways }) => rootNamespaceClosesGateways,
  },
];

/** Code of the warning that an app does not say of all of them whether they are so. */
export const UNSTATED = 'MeshNotStated';

const USED = new Slot<Set<MeshSettings>>('MeshUsed');

/** A fact, and what an app states about it. */
export interface StatedPrecondition extends Omit<Precondition, 'stated'> {
  /** Undefined if some of the settings that its constructs use say nothing. */
  readonly stated?: boolean;
}

/** What has to be so for an app, as far as its constructs have asked for their mesh: nothing rests on it before. */
export function preconditionsOf({ node }: IConstruct): StatedPrecondition[] {
  const used = [...(USED.of(node.root) ?? [])];
  if (used.length === 0) return [];
  return PRECONDITIONS.map(({ stated, ...rest }) => {
    const answers = used.map(stated);
    const all = answers.includes(undefined) ? undefined : true;
    return { ...rest, stated: answers.includes(false) ? false : all };
  });
}

/** Warns of what settings say is not so. */
export function warnOfUnmet(settings: MeshSettings): void {
  for (const { code, otherwise, stated } of PRECONDITIONS) {
    if (stated(settings) === false) warn('EgressNotEnforced', code, otherwise);
  }
}

/** Keeps that constructs use these settings. Makes the app warn, once and at synthesis, of the preconditions about which they say nothing. */
export function recordUse({ node: { root } }: Construct, settings: MeshSettings): void {
  const used = USED.begin(root, () => new Set());
  used.add(settings);
  if (!PRECONDITIONS.some(({ stated }) => stated(settings) === undefined)) return;
  warnAtSynthesis(root as Construct, 'EgressNotEnforced', UNSTATED, () => reminder([...used]));
}

function reminder(used: MeshSettings[]): string | undefined {
  const unstated = PRECONDITIONS.filter(({ stated }) => used.some((settings) => stated(settings) === undefined));
  if (unstated.length === 0) return undefined;
  return (
    'the app does not say whether its mesh is closed. What is declared is enforced only if ' +
    `${unstated.map(({ needed }) => needed).join(', and ')}. Installation.write writes these settings. ` +
    `If it is so, say Mesh.configure(app, { ${unstated.map(({ statement }) => statement).join(', ')} }); ` +
    'if not, say that, and you are told what is open. See docs/enforcement.md.'
  );
}

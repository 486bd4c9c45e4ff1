import { Construct, IConstruct } from 'constructs';
import { Mesh } from '../mesh/mesh';
import { warnAtSynthesis } from '../mesh/warning';
import { ListSlot, Slot } from '../slot';

/** What a construct needs besides manifests. */
export interface InstallationPart {
  /** An IstioOperator file, by the name of its gateway. */
  readonly operator?: { readonly name: string; readonly content: () => unknown };
  /** An entry for `extensionProviders` of the mesh configuration. */
  readonly extensionProvider?: { readonly name: string; readonly [field: string]: unknown };
  /** The mesh that has to be closed for what is declared to be enforced. */
  readonly closes?: Mesh;
  /** The mesh of a gateway, whose root namespace closes its pods. */
  readonly gatewaysIn?: Mesh;
  /** The mesh of a waypoint, whose root namespace may close all of them. */
  readonly waypointsIn?: Mesh;
  /** A namespace whose ServiceEntries other namespaces shall know as well. */
  readonly publicServiceEntries?: string;
}

const PARTS = new ListSlot<InstallationPart>('InstallationParts');
const WRITTEN = new Slot<Set<InstallationPart>>('InstallationWritten');

/**
 * Keeps a part with the construct that needs it. The app warns if it is synthesized before `Installation.write` has written the parts
 * that no manifest and no statement about the mesh can stand for.
 */
export function markInstallation(construct: Construct, part: InstallationPart): void {
  PARTS.add(construct, part);
  if (!isFile(part)) return;
  const { root } = construct.node;
  warnAtSynthesis(root as Construct, 'EgressNotInstalled', 'InstallationNotWritten', () => reminder(unwritten(root)));
}

/** All parts below a scope. */
export function partsBelow(scope: IConstruct): InstallationPart[] {
  return PARTS.below(scope);
}

/** Keeps that parts are written. */
export function markWritten(scope: IConstruct, parts: InstallationPart[]): void {
  const written = WRITTEN.begin(scope.node.root, () => new Set());
  for (const part of parts) written.add(part);
}

/** What must be installed for everything below a scope, each kind sorted and named once. */
export function installationOf(scope: IConstruct) {
  const parts = partsBelow(scope);
  return {
    istioOperators: sorted(parts.map(({ operator }) => operator?.name)),
    extensionProviders: sorted(parts.map(({ extensionProvider }) => extensionProvider?.name)),
    publicServiceEntries: sorted(parts.map(({ publicServiceEntries }) => publicServiceEntries)),
    written: unwritten(scope).length === 0,
  };
}

/** The parts that are still to be written. */
function unwritten(scope: IConstruct): InstallationPart[] {
  const written = WRITTEN.of(scope.node.root);
  return partsBelow(scope).filter((part) => isFile(part) && !written?.has(part));
}

/** Whether no statement of `Mesh.configure` stands for it: whoever installs istiod learns of it from the files alone. */
function isFile({ operator, extensionProvider }: InstallationPart): boolean {
  return operator !== undefined || extensionProvider !== undefined;
}

function reminder(parts: InstallationPart[]): string | undefined {
  const operators = sorted(parts.map(({ operator }) => operator?.name));
  const providers = sorted(parts.map(({ extensionProvider }) => extensionProvider?.name));
  const needs = [
    ...(operators.length > 0 ? [`the gateways ${operators.join(', ')}, from IstioOperator files`] : []),
    ...(providers.length > 0 ? [`the extension providers ${providers.join(', ')}, in the mesh configuration`] : []),
  ];
  if (needs.length === 0) return undefined;
  return (
    `what the app declares needs more than its manifests: ${needs.join(', and ')}. Until they are installed, such gateways have ` +
    'no pods, OPA is not asked and its gateways refuse every call, and access logs are as the mesh writes them. ' +
    "Call Installation.write(app, 'install') before app.synth(), and install what it writes. See docs/installation.md."
  );
}

function sorted(names: (string | undefined)[]): string[] {
  return [...new Set(names.flatMap((name) => name ?? []))].sort();
}

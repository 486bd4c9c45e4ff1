import { ReportedDeclaration } from './reported-declaration';
import { Accountability } from '../../exit/accountability';

/** A sentence about something that an app opens or closes besides its declarations, such as a guard or an ingress. */
export interface ReportedNote extends Accountability {
  /** Path of the construct that it is about. */
  readonly path: string;

  /** What it opens or closes. */
  readonly text: string;
}

/** What must be installed besides manifests. `Installation.write` writes all of it. */
export interface ReportedInstallation {
  /** The gateways that are installed from a file, `<name>.istio-operator.yaml`; sorted. */
  readonly istioOperators: string[];

  /** Names of the extension providers that the mesh configuration needs, sorted. */
  readonly extensionProviders: string[];

  /** Namespaces whose ServiceEntries other namespaces must know, for `serviceEntryVisibility`; sorted. */
  readonly publicServiceEntries: string[];

  /** Whether `Installation.write` has written the IstioOperator files and the extension providers. */
  readonly written: boolean;
}

/** A fact about the mesh on which what is declared rests, and which an app can only state. */
export interface ReportedPrecondition {
  /** Stable code of the warning that it is not so. */
  readonly code: string;

  /** What has to be so. */
  readonly needed: string;

  /** What happens while it is not. */
  readonly otherwise: string;

  /** How an app states it, in `Mesh.configure`. */
  readonly statement: string;

  /**
   * What the app states: that it is so, or that it is not.
   * @default - nothing, for one of its charts at least
   */
  readonly stated?: boolean;
}

/** What an app lets out of the mesh, as data: nothing but texts, numbers, lists and objects, the same for the same app. */
export interface EgressReport {
  /** Declarations and grants, in the order of the construct tree. */
  readonly declarations: ReportedDeclaration[];

  /** What guards close and ingresses open, in the order of the construct tree. */
  readonly notes: ReportedNote[];

  /** What must be installed besides manifests. */
  readonly installation: ReportedInstallation;

  /** What has to be so in the mesh; nothing if the app makes nothing that rests on it. */
  readonly preconditions: ReportedPrecondition[];
}

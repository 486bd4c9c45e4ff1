import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { objectsOf } from './manifest';
import { checkName } from '../naming';
import { checkOptions, Options } from '../options';

/** Properties of a namespace in ambient mode. */
export interface AmbientNamespaceProps {
  /** The namespace. */
  readonly name: string;
}

const AMBIENT: Options<AmbientNamespaceProps> = { name: 'checked' };

/**
 * Enrols a namespace in ambient mode: ztunnel takes over the traffic of its pods, none of which may have a sidecar. For apps that
 * own the Namespace object; where somebody else owns it, the owner sets the label.
 *
 * @example
 * new AmbientNamespace(chart, 'Payments', { name: 'payments' });
 */
export class AmbientNamespace extends Construct {
  /** The label that enrols a namespace. */
  public static readonly LABELS: { [key: string]: string } = { 'istio.io/dataplane-mode': 'ambient' };

  /** The Namespace. */
  public readonly namespace: ApiObject;

  /** @throws NameSyntax, OptionUnknown, WrongType */
  public constructor(scope: Construct, id: string, props: AmbientNamespaceProps) {
    super(scope, id);
    const name = checkName(this, 'name', checkOptions(this, props, AMBIENT).name);
    this.namespace = objectsOf(this, {})({ kind: 'Namespace', name });
    this.node.defaultChild = this.namespace;
    for (const [label, value] of Object.entries(AmbientNamespace.LABELS)) {
      this.namespace.metadata.addLabel(label, value);
    }
  }
}

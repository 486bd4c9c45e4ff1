import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { recordDeclaration, recordExit } from '../../app/records';
import { checkTree } from '../../app/validation/check-tree';
import { EgressError } from '../../errors';
import { Mesh } from '../../mesh/mesh';
import { checkName } from '../../naming';
import { checkOptions } from '../../options';
import { Declaration, declare } from '../declaration';
import { EgressExit } from '../egress-exit';
import { EGRESS_GRANT, EgressGrantOptions } from '../egress-grant';

/** Where an exit stands, as far as it is said. */
interface Place {
  readonly name?: string;
  readonly namespace?: string;
}

/**
 * An exit that this app makes: it has a name in a namespace of its own, and grants.
 */
abstract class OwnedExit extends EgressExit {
  public readonly exitName: string;
  public readonly namespace: string;
  /** @internal */
  public readonly _isOwned = true;

  /** @throws NameSyntax, ExitInRootNamespace */
  protected constructor(scope: Construct, id: string, { name, namespace }: Place, usual: Required<Place>) {
    super(scope, id);
    checkTree(this);
    this.exitName = checkName(this, 'name', name ?? usual.name);
    this.namespace = checkName(this, 'namespace', namespace ?? Chart.of(this).namespace ?? usual.namespace);
    if (this.namespace === Mesh.of(this).rootNamespace) {
      throw new EgressError('ExitInRootNamespace', this, {
        what: "an exit stands in Istio's root namespace, where its policies would hold for exits of every namespace",
        given: this.namespace,
        allowed: 'a namespace of its own',
        fix: 'set `namespace`, or the namespace of the chart',
      });
    }
    recordExit(this.node.root, this);
  }

  /**
   * Lets clients reach hosts through this exit, for apps that declare the same with an imported one. The order in which the two are
   * applied does not matter: until both are there, the calls are refused.
   *
   * @param id Unique among the grants of the exit
   * @throws what a declaration can throw, see `Egress`
   */
  public grant(id: string, options: EgressGrantOptions): void {
    const scope = new Construct(this.grants, id);
    const declaration = declare(scope, checkOptions(scope, options, EGRESS_GRANT), this.namespace);
    this._checkCarries(declaration);
    this._grant(declaration);
    recordDeclaration(this, declaration);
  }

  /**
   * Refuses a grant that no client hop could lead to. For a declaration of this app `_lead` checks the same; a grant for another app
   * has no client hop here.
   * @internal
   */
  protected _checkCarries(_declaration: Declaration): void {
    // Exits without such limits accept every declaration.
  }

  private get grants(): Construct {
    return (this.node.tryFindChild('Grants') as Construct | undefined) ?? new Construct(this, 'Grants');
  }
}

// The export stands apart from the class, so that jsii takes the class for a hidden base and the published types keep it.
export { OwnedExit };

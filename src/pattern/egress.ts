import { ApiObjectMetadata } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { recordDeclaration } from '../app/records';
import { EgressReport } from '../app/report/egress-report';
import { report, reportLines } from '../app/report/report';
import { checkTree } from '../app/validation/check-tree';
import { EGRESS_DESTINATION, EGRESS_HOSTS, EgressDestination, EgressHosts } from '../destination/egress-destination';
import { EgressError } from '../errors';
import { ACCOUNTABILITY, Accountability } from '../exit/accountability';
import { IClientHop } from '../exit/client-hop';
import { declare } from '../exit/declaration';
import { checkExit, EgressExit } from '../exit/egress-exit';
import { checkOptions, Options } from '../options';
import { EgressClient } from '../policy/egress-client';
import { HttpRule } from '../policy/http-rule';

/** What every pattern takes: the hosts, the clients, the exit, and who answers for it. */
export interface EgressOptions extends EgressHosts, Accountability {
  /** Where the calls leave the mesh. */
  readonly exit: EgressExit;

  /** Who may call. */
  readonly clients: EgressClient[];

  /**
   * Which HTTP calls pass. Beside an imported exit they change nothing: its owner's grant has the rules.
   * @default - every call of the clients
   */
  readonly rules?: HttpRule[];

  /**
   * Labels and annotations for the objects in the clients' namespaces. Those of several declarations of one host add up; what
   * stands beside the exit follows the exit.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;
}

/** The options of this struct, and the kind of value that each takes. */
export const EGRESS_OPTIONS: Options<EgressOptions> = {
  ...EGRESS_HOSTS,
  ...ACCOUNTABILITY,
  exit: 'checked',
  clients: 'checked',
  rules: 'checked',
  metadata: 'checked',
};

/** What may leave, on which ports, who may send it, and through which exit. */
export interface EgressProps extends EgressOptions, EgressDestination {}

const EGRESS: Options<EgressProps> = { ...EGRESS_OPTIONS, ...EGRESS_DESTINATION };

/**
 * Lets clients, and nobody else, reach external hosts through an exit. In each client's namespace it makes the objects that lead the
 * calls to the exit (the client hop); where the same app makes the exit, it makes the routes to the hosts and the policies beside the
 * exit as well (the grant).
 *
 * @example
 * new Egress(chart, 'Partner', {
 *   hosts: ['partner.example.com'],
 *   ports: [EgressPort.http(), EgressPort.tlsPassthrough()],
 *   exit,
 *   clients: [EgressClient.serviceAccount('shop', 'web')],
 * });
 * const lines: string[] = Egress.describe(app);
 */
export class Egress extends Construct {
  /**
   * One line per declaration and per grant below a scope: who, through which exit, to where, how encrypted. The same as data is
   * `report`.
   */
  public static describe(scope: IConstruct): string[] {
    return reportLines(scope);
  }

  /**
   * What everything below a scope lets out of the mesh, as data for reviews and tools: each declaration and grant, what guards and
   * ingresses add, what must be installed besides manifests, and what has to be so in the mesh. To be called after everything
   * is declared. It can be written as JSON as it is.
   */
  public static report(scope: IConstruct): EgressReport {
    return report(scope);
  }

  /** Where the calls leave the mesh. */
  public readonly exit: EgressExit;

  /** The objects in the clients' namespaces, one hop for each namespace. */
  public readonly clientHops: IClientHop[];

  /**
   * @throws HostsMissing, HostSyntax, HostWildcard, HostIpAddress, HostInCluster, HostCount, NotInline, NotOutside, ClientsMissing,
   * ClientAnyAlone, ClientInExitNamespace, ClientHopConflict, ServiceAccountDots, PortsMissing, OutOfRange, PortConflict,
   * AddressSyntax, CaptureConflict, EndpointSyntax, HttpRuleSyntax, HeaderSyntax, CredentialNamespace, OtherApp, SubjectAltNameSyntax, ResolutionNone, ExitCannotCarry, UnaskedBytes, VersionUnsupported, WrongType,
   * OptionUnknown, DestinationConflict, MetadataReserved, AccountabilitySyntax, NameSyntax; see docs/errors.md
   */
  public constructor(scope: Construct, id: string, props: EgressProps) {
    super(scope, id);
    checkTree(this);
    props = checkOptions(this, props, EGRESS);
    checkExit(this, props.exit);
    const declaration = declare(this, props, props.exit.namespace);
    this.exit = props.exit;
    // Leading comes first, because it can refuse the declaration: nothing is granted then.
    this.clientHops = props.exit._lead(this, declaration);
    props.exit._grant(declaration);
    recordDeclaration(props.exit, declaration);
  }

  /**
   * The objects of this declaration in one client's namespace, for JSON patches.
   * @throws NotDeclared if no client of the declaration is there
   */
  public clientHop(namespace: string): IClientHop {
    const hop = this.clientHops.find((candidate) => candidate.namespace === namespace);
    if (hop) return hop;
    throw new EgressError('NotDeclared', this, {
      what: 'no client of this declaration is led from this namespace',
      given: namespace,
      allowed: this.clientHops.map((candidate) => candidate.namespace).join(', '),
      fix: 'name a namespace of the `clients`',
    });
  }
}

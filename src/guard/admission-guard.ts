import { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { Brand } from '../brand';
import { describe, EgressError } from '../errors';
import { LOOKED_AT, RESOURCE_RULES, validation } from './admission/cel';
import { matchConditions } from './admission/conditions';
import { admissionFacts, AdmissionFacts, OtherRepos } from './admission/facts';
import { keptObjects } from './admission/kept-objects';
import { admissionRules } from './admission/rules';
import { variables } from './admission/variables';
import { AdmissionGuardProps, ADMISSION_GUARD } from './admission-guard-props';
import { checkMode, GuardMode } from './guard-mode';
import { checkRanges } from './ranges';
import { knownExits } from '../app/known-exits';
import { checkTree } from '../app/validation/check-tree';
import { checkEndpoints } from '../destination/egress-endpoint';
import { checkHostPattern } from '../destination/host';
import { checkExits } from '../exit/egress-exit';
import { markForAdmission } from '../mesh/admission-mark';
import { checkMetadata, objectsOf } from '../mesh/manifest';
import { Mesh } from '../mesh/mesh';
import { checkName, dottedName } from '../naming';
import { checkKind, checkOptions } from '../options';

/** The label that every namespace carries, with its name. */
const NAMESPACE = 'kubernetes.io/metadata.name';

/** Kubernetes takes no warning beside a refusal, which says the same. */
const ACTIONS = {
  [GuardMode.OBSERVE]: ['Audit'],
  [GuardMode.WARN]: ['Warn', 'Audit'],
  [GuardMode.ENFORCE]: ['Deny', 'Audit'],
};

/**
 * Keeps hand-written ways out from being applied: a ValidatingAdmissionPolicy of plain Kubernetes (1.30 or newer), without a
 * webhook. It lets everything pass that this library makes, and what is in the cluster already until it is changed.
 *
 * @example
 * const admission = new AdmissionGuard(chart, 'Admission', { mode: GuardMode.WARN, platformNamespaces: ['flux-system'] });
 * new EgressGuard(chart, 'Guard', {
 *   namespaces: GuardedNamespaces.named(['payments']),
 *   inCluster: InCluster.namespaces(['.']),
 *   admission,
 * });
 */
export class AdmissionGuard extends Construct {
  /** What is refused. */
  public readonly policy: ApiObject;
  /** Where, for namespaces that no `EgressGuard` keeps. */
  public readonly binding: ApiObject;

  private readonly name: string;
  private readonly metadata?: ApiObjectMetadata;
  private readonly exemption: { readonly key: string; readonly value: string };
  private readonly kept = new Set<string>();
  private readonly enforced: string[] = [];
  private readonly objects: ApiObject[] = [];
  private keepsObjects = false;
  private readonly others: OtherRepos;
  private readonly props: AdmissionGuardProps;
  private readonly mode: GuardMode;
  private known?: { nodes: number; facts: AdmissionFacts };

  /** @throws WrongType, OptionUnknown, ExitCannotCarry, NameSyntax, LabelSyntax, AddressSyntax, MetadataReserved */
  public constructor(scope: Construct, id: string, props: AdmissionGuardProps = {}) {
    super(scope, id);
    BRAND.mark(this);
    checkTree(this);
    props = checkOptions(this, props, ADMISSION_GUARD);
    this.props = props;
    this.mode = checkMode(this, props.mode);
    this.name = checkName(this, 'name', props.name ?? 'egress-guard');
    this.metadata = checkMetadata(this, props.metadata);
    this.exemption = checkLabel(this, props.exemptionLabel ?? 'egress-guard=exempt');
    for (const namespace of props.platformNamespaces ?? []) checkName(this, 'platformNamespaces', namespace);
    this.others = {
      exits: checkExits(this, props.exits),
      direct: [],
      clusterRanges: checkRanges(this, 'clusterRanges', props.clusterRanges ?? []),
      writers: checkTexts(this, 'endpointWriters', /^\S+$/, props.endpointWriters),
      keyServers: checkTexts(this, 'identityProviders', /^[a-z0-9.-]+(:\d+)?$/, props.identityProviders),
    };
    markForAdmission(this, this.name, LOOKED_AT);
    const object = objectsOf(this, { metadata: this.metadata });
    this.policy = object({
      id: 'Policy',
      kind: 'ValidatingAdmissionPolicy',
      name: this.name,
      spec: () => ({
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: RESOURCE_RULES },
        matchConditions: matchConditions(this.name),
        variables: variables(this.facts),
        validations: admissionRules(this.facts).map(validation),
      }),
    });
    this.binding = this.bind(this, 'Binding', this.name, this.mode, () => ({
      operator: 'NotIn',
      values: unique([...this.platformNamespaces, ...this.kept]),
    }));
    if (this.mode === GuardMode.ENFORCE) this.keepObjects();
    this.node.addValidation({ validate: () => this.unknownExits() });
  }

  /**
   * Lets a namespace's sidecars have ServiceEntries that lead straight to these hosts, for repos that declare them with a
   * `SidecarExit`. What the app itself declares so is let pass anyway.
   *
   * @param endpoints Where these hosts may be said to be, if not where their names lead
   * @throws NameSyntax, HostSyntax, HostWildcard, HostIpAddress, HostInCluster, NotInline, NotOutside, EndpointSyntax, OutOfRange, OptionUnknown, WrongType
   */
  public letDirect(namespace: string, hosts: string[], endpoints: string[] = []): void {
    checkName(this, 'namespace', namespace);
    checkKind(this, 'hosts', hosts, 'texts');
    checkKind(this, 'endpoints', endpoints, 'texts');
    const checked = hosts.map((host) => `${checkHostPattern(this, host)} *`);
    const addresses = endpoints.map((address) => ({ address }));
    const places = addresses.length > 0 ? checkEndpoints(this, addresses, false) : [];
    this.others.direct.push([namespace, { hosts: checked, endpoints: places.map(({ address }) => address) }]);
    this.known = undefined;
  }

  /**
   * Keeps namespaces in a mode of their own, and the guard's objects as they are once it enforces.
   * @internal
   */
  public _keep(guard: Construct, name: string, namespaces: string[], mode: GuardMode, objects: ApiObject[]): void {
    for (const namespace of namespaces) this.kept.add(namespace);
    if (mode === GuardMode.ENFORCE) {
      this.enforced.push(...namespaces);
      this.objects.push(...objects);
      this.keepObjects();
    }
    this.bind(guard, 'Binding', `${this.name}.${name}`, mode, () => ({ operator: 'In', values: namespaces }));
  }

  /**
   * Makes the policy that keeps the guards' objects: without it, whoever may write in a namespace could open it by changing or
   * deleting them.
   */
  private keepObjects(): void {
    if (this.keepsObjects) return;
    this.keepsObjects = true;
    const name = dottedName(this.name, 'kept');
    const { objects, exemption, metadata } = this;
    const object = objectsOf(this, { metadata });
    object({
      id: 'Kept',
      kind: 'ValidatingAdmissionPolicy',
      name,
      spec: () =>
        keptObjects({
          policy: this.name,
          objects,
          namespaces: this.mode === GuardMode.ENFORCE ? undefined : [...this.enforced].sort(),
          exemption,
        }),
    });
    object({
      id: 'KeptBinding',
      kind: 'ValidatingAdmissionPolicyBinding',
      name,
      spec: () => ({
        policyName: name,
        validationActions: ACTIONS[GuardMode.ENFORCE],
        matchResources: {
          namespaceSelector: {
            matchExpressions: [{ key: NAMESPACE, operator: 'NotIn', values: unique(this.platformNamespaces) }],
          },
        },
      }),
    });
  }

  /** Errors for exits whose pods' labels are not known: by these, the policy recognises a Gateway that could take the pods. */
  private unknownExits(): string[] {
    return knownExits(this, this.others.exits)
      .filter(({ selector }) => !selector)
      .map(({ namespace, exitName }) =>
        describe('GuardExitUnknown', this, {
          what: "nothing tells the labels of an exit's pods, so that a Gateway of another team could not be told from one that takes them",
          given: `${namespace}/${exitName}`,
          allowed: "the labels of the exit's pods",
          fix: 'set `labels` in EgressGateway.imported',
        }),
      );
  }

  private get platformNamespaces(): string[] {
    const { exitNamespaces, ingressNamespaces } = this.facts;
    return [
      ...(this.props.platformNamespaces ?? []),
      ...exitNamespaces,
      ...ingressNamespaces,
      Mesh.of(this).rootNamespace,
    ];
  }

  /** Gathered once the app is whole; asked for several times while it is written. */
  private get facts(): AdmissionFacts {
    const nodes = this.node.root.node.findAll().length;
    if (this.known?.nodes !== nodes) this.known = { nodes, facts: admissionFacts(this, this.others) };
    return this.known.facts;
  }

  private bind(
    scope: Construct,
    id: string,
    name: string,
    mode: GuardMode,
    namespaces: () => { operator: string; values: string[] },
  ): ApiObject {
    return objectsOf(scope, { metadata: this.metadata })({
      id,
      kind: 'ValidatingAdmissionPolicyBinding',
      name,
      spec: () => ({
        policyName: this.name,
        validationActions: ACTIONS[mode],
        matchResources: {
          namespaceSelector: {
            matchExpressions: [
              { key: NAMESPACE, ...namespaces() },
              { key: this.exemption.key, operator: 'NotIn', values: [this.exemption.value] },
            ],
          },
        },
      }),
    });
  }
}

const BRAND = new Brand<AdmissionGuard>('AdmissionGuard', 'an AdmissionGuard of the app');

/** @throws WrongType */
export function checkAdmission(scope: Construct, given: AdmissionGuard | undefined): AdmissionGuard | undefined {
  return BRAND.optional(scope, 'admission', given);
}

const unique = (names: string[]): string[] => [...new Set(names)].sort();

function checkTexts(scope: Construct, property: string, form: RegExp, texts: string[] = []): string[] {
  const bad = texts.find((text) => !form.test(text));
  if (bad === undefined) return texts;
  throw new EgressError('NameSyntax', scope, {
    what: `\`${property}\` holds what is no such name`,
    given: bad,
    allowed: `text that matches ${form.source}`,
    fix: `correct \`${property}\``,
  });
}

function checkLabel(scope: Construct, text: string): { key: string; value: string } {
  const match = /^(?<key>[A-Za-z0-9][\w./-]*)=(?<value>[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?)$/.exec(text);
  if (match) return { key: match.groups!.key, value: match.groups!.value };
  throw new EgressError('LabelSyntax', scope, {
    what: '`exemptionLabel` is no label',
    given: text,
    allowed: '"key=value", as "egress-guard=exempt"',
    fix: 'correct `exemptionLabel`',
  });
}

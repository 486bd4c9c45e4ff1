import { IstiodSettings, settle } from './istiod-settings';
import { Statement, statementsOf, STATING_KINDS } from './mesh-statements';
import { OperatorGateway, operatorGateways } from './operator-gateways';
import { sorted } from './problems';
import { Answer, Call, Problem, Question, Reply } from './question';
import { storyOf } from './story';
import { Told } from './story-text';
import { Other } from '../model/documents';
import { Manifest } from '../model/manifest';

/** Where manifests are, for a question about them. */
export interface Material {
  /** What of them says how istiod runs, and what `istioctl` installs: of STATING_KINDS. */
  readonly manifests: Manifest[];
  readonly others: Other[];
  /** Files and folders that the engine reads by itself. */
  readonly paths: string[];
  /** Manifests themselves, as one text. */
  readonly text: string;
}

/** Whether a document says something that is no manifest to the engine. */
export const isStating = (kind: string): boolean => STATING_KINDS.has(kind);

/** What a user says himself. */
export interface Stated {
  /** The mesh configuration. @default - that of the material */
  readonly mesh?: Statement[];
  readonly scopedGateways?: boolean;
}

/** What answers rest on. */
export interface Grounds {
  /** Without a full stop each. */
  readonly assumptions: string[];
  readonly problems: Problem[];
  /** Those of the problems that may change an answer. */
  readonly grave: Problem[];
}

/** An answer, told, and what it rests on. */
export interface Outcome extends Told, Grounds {
  readonly answer: Answer;
}

/** A question about manifests: what is sent to the engine, and how its replies are told. */
export class Inquiry {
  private readonly statements: Statement[];
  private readonly settings: IstiodSettings;
  private readonly gateways: OperatorGateway[];

  /** @throws Error where documents contradict each other about the mesh */
  public constructor(
    private readonly material: Material,
    { mesh, scopedGateways }: Stated = {},
  ) {
    const found = statementsOf(material.manifests, material.others);
    this.statements = [...found, ...(mesh ?? [])];
    // What the user names takes the place of what was found; of istiod's environment it may say nothing.
    const environments = found.map(({ mesh: _, ...rest }) => rest);
    const isTold = mesh?.some(({ environment }) => environment) ?? false;
    this.settings = settle(mesh ? [...mesh, ...(isTold ? [] : environments)] : found, scopedGateways);
    this.gateways = operatorGateways(material.manifests);
  }

  /** The environment of the engine. */
  public get environment(): Record<string, string> {
    return this.settings.environment;
  }

  /** The question, about calls. */
  public about(...calls: Call[]): Question {
    const { paths, text } = this.material;
    const installed = this.gateways.flatMap(({ manifests }) => manifests.map((one) => JSON.stringify(one)));
    return { paths, manifests: [text, ...installed].join('\n---\n'), mesh: this.settings.mesh, calls };
  }

  /** The question who reaches what. */
  public aboutAll(): Question {
    return { ...this.about(), inventory: true };
  }

  /** Tells the reply to a question about one call. */
  public told(call: Call, reply: Reply): Outcome {
    const [answer] = reply.answers;
    const { assumptions, ...rest } = this.grounds(reply);
    return {
      answer,
      story: storyOf(call, answer),
      assumptions: [...assumptions, ...(answer.assumptions ?? [])],
      ...rest,
    };
  }

  /** What every answer of a reply rests on. */
  public grounds({ istio, problems }: Reply): Grounds {
    const made = this.gateways.flatMap(({ namespace, name }) =>
      ['Deployment', 'Service'].map((kind) => `${kind}/${namespace}/${name}`),
    );
    const { grave, light } = sorted(problems ?? [], this.statements, made);
    return {
      assumptions: [
        `the cluster holds these manifests and nothing else, and Istio ${istio}`,
        ...this.settings.assumptions,
        ...this.gateways.map(
          ({ namespace, name, source }) => `istioctl has installed the gateway ${namespace}/${name} of ${source.file}`,
        ),
      ],
      problems: [...grave, ...light],
      grave,
    };
  }
}

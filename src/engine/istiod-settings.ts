import { Statement } from './mesh-statements';
import { isOn, SCOPE_FLAG } from '../model/control-plane';

/** How istiod runs, as the engine is told. */
export interface IstiodSettings {
  /** The mesh configuration, as YAML. @default - Istio's */
  readonly mesh?: string;
  readonly environment: Record<string, string>;
  /** Where it was said, and what is taken for granted where it was not: sentences without a full stop. */
  readonly assumptions: string[];
}

/**
 * What of istiod's environment decides what proxies get. Others, as GODEBUG and CLUSTER_ID, are about the process: they are nobody's to set here.
 *
 * @see pilot/pkg/features in istio/istio
 */
const DECIDES = /^(PILOT|ENABLE|DISABLE|ISTIO|AMBIENT|UNSAFE|MCS|LABEL|PREFER|RESOLVE|VERIFY)_[A-Z0-9_]+$/;

/**
 * Brings what is said of the mesh together.
 *
 * @param scopedGateways What the user says of PILOT_SCOPE_GATEWAY_TO_NAMESPACE
 * @throws Error where two documents say different things: only the user knows which is true
 */
export function settle(statements: Statement[], scopedGateways?: boolean): IstiodSettings {
  const mesh = agreedMesh(statements.filter((statement) => statement.mesh));
  const environment = agreedEnvironment(
    statements.filter((statement) => statement.environment),
    scopedGateways,
  );
  if (scopedGateways !== undefined) environment.said[SCOPE_FLAG] = String(scopedGateways);
  return {
    mesh: mesh?.mesh?.text,
    environment: environment.said,
    assumptions: [aboutMesh(mesh), aboutScope(environment, scopedGateways)],
  };
}

function agreedMesh(saying: Statement[]): Statement | undefined {
  const [first] = saying;
  const other = saying.find(({ mesh }) => mesh!.value.canonical !== first.mesh!.value.canonical);
  if (!other) return first;
  throw new Error(
    `${first.title} and ${other.title} say different things of the mesh: leave one out, or name the configuration with --mesh.`,
  );
}

interface Environment {
  readonly said: Record<string, string>;
  readonly by?: string;
}

function agreedEnvironment(saying: Statement[], told: boolean | undefined): Environment {
  const said: Record<string, string> = {};
  for (const { title, environment } of saying) {
    for (const [name, value] of Object.entries(environment!)) {
      if (!DECIDES.test(name) || (name === SCOPE_FLAG && told !== undefined)) continue;
      if (said[name] !== undefined && said[name] !== value) {
        throw new Error(`${saying[0].title} and ${title} say different things of istiod's ${name}: leave one out.`);
      }
      said[name] = value;
    }
  }
  // A Deployment of istiod that does not set it is one that has it off.
  const silent = saying.find(({ environment }) => environment![SCOPE_FLAG] === undefined);
  if (silent && isOn(said[SCOPE_FLAG])) {
    throw new Error(
      `${silent.title} does not say ${SCOPE_FLAG}, and another document says that it is on: leave one out, or say it with --scoped-gateways.`,
    );
  }
  return { said, by: saying[0]?.title };
}

function aboutMesh(statement: Statement | undefined): string {
  if (!statement) {
    return (
      'the manifests hold no mesh configuration (ConfigMap istio, IstioOperator, values of istiod, mesh-config.yaml), so it is ' +
      "Istio's default: sidecars let out what nothing declares (outboundTrafficPolicy ALLOW_ANY)"
    );
  }
  const mode = statement.mesh!.value.at('outboundTrafficPolicy', 'mode').text;
  return `the mesh is configured as ${statement.title} says: outboundTrafficPolicy ${mode ?? 'is not set there, which is ALLOW_ANY'}`;
}

function aboutScope({ said, by }: Environment, told: boolean | undefined): string {
  const state = isOn(said[SCOPE_FLAG]) ? 'true' : 'false';
  if (told !== undefined) return `istiod runs with ${SCOPE_FLAG}=${state}, as you say`;
  if (by === undefined) return `nothing says how istiod runs, so ${SCOPE_FLAG} is off, as it is by default`;
  return `istiod runs with ${SCOPE_FLAG}=${state}, as ${by} says`;
}

import { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { LOG_FIELDS } from './log-fields';
import { exitLogs } from './telemetry-spec';
import { markInstallation } from '../app/installation-parts';
import { checkTree } from '../app/validation/check-tree';
import { EgressError } from '../errors';
import { checkExit, EgressExit } from '../exit/egress-exit';
import { checkMetadata, objectsOf } from '../mesh/manifest';
import { checkName } from '../naming';
import { checkOptions, Options } from '../options';
import { Slot } from '../slot';

/** An entry of `extensionProviders` in the mesh configuration: a log that Envoy writes to a file. */
export interface AccessLogProvider {
  /** By which a Telemetry names it. */
  readonly name: string;

  /** Where and how it is written. */
  readonly envoyFileAccessLog: AccessLogFile;
}

/** @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider-EnvoyFileAccessLogProvider */
export interface AccessLogFile {
  /** The file; the pod's own output. */
  readonly path: string;

  /** What a line holds. */
  readonly logFormat: AccessLogFormat;
}

/** A line as an object of JSON. */
export interface AccessLogFormat {
  /** Envoy's command operator for each field, by its name. */
  readonly labels: { [field: string]: string };
}

/** Properties of an exit's access log. */
export interface EgressAccessLogProps {
  /** The exit, made in this app. */
  readonly exit: EgressExit;

  /**
   * Name of the extension provider in the mesh configuration.
   * @default "egress-access-log"
   */
  readonly provider?: string;

  /**
   * Labels and annotations for the Telemetry.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;
}

const ACCESS_LOG: Options<EgressAccessLogProps> = { exit: 'checked', provider: 'checked', metadata: 'checked' };

const DEFAULT_PROVIDER = 'egress-access-log';
const PROVIDERS = new Slot<Set<string>>('AccessLogProviders');

/**
 * Has an exit log every call as a line of JSON: who called, which host, what became of it, and why.
 *
 * It needs an extension provider in the mesh configuration, because a Telemetry can only name how a line is written: call
 * `Installation.write` before `app.synth()`, which else warns (`InstallationNotWritten`), and install what it writes. Until then
 * the exit logs as the mesh does.
 *
 * @example
 * new EgressAccessLog(chart, 'AccessLog', { exit });
 * Installation.write(app, 'install');
 */
export class EgressAccessLog extends Construct {
  /**
   * The entry for the mesh configuration's `extensionProviders` that writes such lines, for guards too
   * (`accessLogProvider`).
   *
   * @throws NameSyntax
   */
  public static extensionProvider(name: string = DEFAULT_PROVIDER): AccessLogProvider {
    checkName('EgressAccessLog.extensionProvider', 'name', name);
    return { name, envoyFileAccessLog: { path: '/dev/stdout', logFormat: { labels: LOG_FIELDS } } };
  }

  /** What the exit's pods log with. */
  public readonly telemetry: ApiObject;

  /** @throws NameSyntax, MetadataReserved, ExitCannotCarry, OptionUnknown, WrongType */
  public constructor(scope: Construct, id: string, props: EgressAccessLogProps) {
    super(scope, id);
    checkTree(this);
    const { exit, provider = DEFAULT_PROVIDER, metadata } = checkOptions(this, props, ACCESS_LOG);
    checkExit(this, exit);
    const address = exit._isOwned ? exit._address(this) : undefined;
    if (!address?.selector) {
      throw new EgressError('ExitCannotCarry', this, {
        what: 'only pods of an exit of this app can be told to log',
        given: exit.exitName,
        allowed: 'an EgressGateway or EgressWaypoint of this app',
        fix: 'make the access log where the exit is made',
      });
    }
    const { namespace, exitName, selector } = address;
    this.needProvider(checkName(this, 'provider', provider));
    this.telemetry = objectsOf(this, { namespace, metadata: checkMetadata(this, metadata) })({
      kind: 'Telemetry',
      name: exitName,
      spec: () => exitLogs(provider, selector),
    });
  }

  /** A provider is installed once, however many exits use it. */
  private needProvider(name: string): void {
    const needed = PROVIDERS.begin(this.node.root, () => new Set());
    if (needed.has(name)) return;
    needed.add(name);
    markInstallation(this, { extensionProvider: { ...EgressAccessLog.extensionProvider(name) } });
  }
}

import { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { LOG_FIELDS } from './log-fields';
import { exitLogs } from './telemetry-spec';
import { markInstallation } from '../app/installation';
import { checkTree } from '../app/validation/check-tree';
import { EgressError } from '../errors';
import { checkExit } from '../exit/check-exit';
import { EgressExit } from '../exit/egress-exit';
import { checkMetadata, objectsOf } from '../mesh/manifest';
import { checkName } from '../naming';
import { checkOptions, Options } from '../options';
import { Slot } from '../slot';

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
 * Has an exit log every call as a line of JSON: who called, which host, what became of it, and why. How a line is written
 * stands in the mesh configuration, because a Telemetry can only name it: `Installation.write` puts it into a file. Until it is
 * there, the exit logs as the mesh does.
 */
export class EgressAccessLog extends Construct {
  /**
   * The entry for the mesh configuration's `extensionProviders` that writes such lines, for guards too
   * (`accessLogProvider`).
   *
   * @throws NameSyntax
   */
  public static extensionProvider(name: string = DEFAULT_PROVIDER): any {
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
    markInstallation(this, { extensionProvider: EgressAccessLog.extensionProvider(name) });
  }
}

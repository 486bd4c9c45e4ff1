import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressDestination, HostResolution } from '../destination/egress-destination';
import { checkPorts, HttpPort } from '../destination/egress-port';
import { checkHosts } from '../destination/host';
import { checkMetadata } from '../mesh/manifest';
import { checkName, joinName } from '../naming';
import { checkClients, EgressClient } from '../policy/egress-client';

/** Who may call, and what a declaration's objects are named and labelled. */
export interface DeclarationOptions {
  /**
   * Who may call.
   */
  readonly clients: EgressClient[];

  /**
   * Labels and annotations for the objects of the client hop. What stands beside the exit is shared by declarations and
   * follows the exit's metadata.
   * @default - none
   */
  readonly metadata?: ApiObjectMetadata;

  /**
   * Takes the place of the construct path in the names of the client hop's objects.
   * @default - the path of the construct, in kebab case
   */
  readonly name?: string;
}

/** A checked declaration, in the one form that exits work with. */
export interface Declaration {
  /** The construct that declares, for errors. */
  readonly scope: Construct;
  /** What object names are made of. */
  readonly name: string;
  readonly hosts: string[];
  readonly ports: HttpPort[];
  readonly resolution: HostResolution;
  readonly clients: EgressClient[];
  readonly metadata?: ApiObjectMetadata;
}

/** What may leave and who may send it, as given. */
interface DeclarationProps extends EgressDestination, DeclarationOptions {}

/** Checks all that can be known of a declaration by itself. */
export function declare(scope: Construct, props: DeclarationProps): Declaration {
  return {
    scope,
    name:
      props.name === undefined ? joinName(scope, ...scope.node.path.split('/')) : checkName(scope, 'name', props.name),
    hosts: checkHosts(scope, props.hosts),
    ports: checkPorts(scope, props.ports),
    resolution: props.resolution ?? HostResolution.DNS,
    clients: checkClients(scope, props.clients),
    metadata: checkMetadata(scope, props.metadata),
  };
}

import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressDestination, HostResolution } from '../destination/egress-destination';
import { checkPorts, HttpPort } from '../destination/egress-port';
import { checkHosts } from '../destination/host';
import { checkMetadata } from '../mesh/manifest';
import { checkName, joinName } from '../naming';
import { checkClients, EgressClient } from '../policy/egress-client';

/** What may leave and who may send it, as given. */
export interface DeclarationProps extends EgressDestination {
  readonly clients: EgressClient[];
  readonly metadata?: ApiObjectMetadata;
  readonly name?: string;
}

/** A checked declaration, in the one form that exits work with. */
export interface Declaration {
  /** The construct that declares, for errors. */
  readonly scope: Construct;
  /** What the names of the client hop's objects are made of. */
  readonly name: string;
  readonly hosts: string[];
  readonly ports: HttpPort[];
  readonly resolution: HostResolution;
  readonly clients: EgressClient[];
  readonly metadata?: ApiObjectMetadata;
}

/** Checks all that can be known of a declaration by itself. */
export function declare(scope: Construct, props: DeclarationProps): Declaration {
  const { name } = props;
  return {
    scope,
    name: name === undefined ? joinName(scope, ...scope.node.path.split('/')) : checkName(scope, 'name', name),
    hosts: checkHosts(scope, props.hosts),
    ports: checkPorts(scope, props.ports),
    resolution: props.resolution ?? HostResolution.DNS,
    clients: checkClients(scope, props.clients),
    metadata: checkMetadata(scope, props.metadata),
  };
}

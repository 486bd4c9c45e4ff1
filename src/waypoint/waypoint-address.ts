import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { ExitAddress } from '../exit/address';
import { Mesh } from '../mesh/mesh';
import { serviceHost } from '../naming';

/** What the objects beside a waypoint need to know of it. */
export interface WaypointAddress {
  /** Name of the Gateway object. */
  readonly exitName: string;
  readonly namespace: string;
  /** The gateway beside which it stood, whose name is in those of the hosts' ServiceEntries and DestinationRules still. */
  readonly replaces?: string;
  readonly metadata?: ApiObjectMetadata;
}

/** Where ambient workloads connect to, and so where waypoints listen. */
export const HBONE = 15008;

/** The label by which istiod's deployment controller marks the pods of a Gateway. */
export const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

/** A waypoint's Service and pods. */
export function waypointAddress(scope: Construct, { exitName, namespace }: WaypointAddress): ExitAddress {
  const service = { host: serviceHost(exitName, namespace, Mesh.of(scope).clusterDomain), port: HBONE };
  return {
    exitName,
    namespace,
    http: service,
    opaque: service,
    selector: { [GATEWAY_NAME]: exitName },
    targetPorts: { http: HBONE, opaque: HBONE },
  };
}

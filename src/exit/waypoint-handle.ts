import { ApiObjectMetadata } from 'cdk8s';

/** What the objects beside a waypoint need to know of it. */
export interface WaypointHandle {
  /** Name of the Gateway object. */
  readonly exitName: string;
  readonly namespace: string;
  readonly metadata?: ApiObjectMetadata;
}

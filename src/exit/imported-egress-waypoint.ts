import { Construct } from 'constructs';
import { IEgressExit } from './egress-exit';
import { ExitReach } from './gateway-handle';
import { waypointReach } from './waypoint-handle';

/** A handle: nothing is made, neither at the exit nor in a client's namespace. */
export class ImportedEgressWaypoint implements IEgressExit {
  /** @internal */
  public readonly _owned = undefined;
  /** @internal */
  public readonly _grantsHere = false;

  public constructor(
    public readonly exitName: string,
    public readonly namespace: string,
  ) {}

  /** @internal */
  public _grant(): void {
    // The owner does.
  }

  /** @internal */
  public _lead(): [] {
    return [];
  }

  /** @internal */
  public _reach(scope: Construct): ExitReach {
    return waypointReach(scope, this);
  }

  /** @internal */
  public _describe(): string {
    return `${this.namespace}/${this.exitName} (waypoint, mutual TLS)`;
  }
}

import { Construct } from 'constructs';
import { waypointAddress } from './waypoint-address';
import { ExitAddress } from '../exit/address';
import { EgressExit } from '../exit/egress-exit';

/** A waypoint of another app: nothing is made, neither at the exit nor in a client's namespace. */
export class ImportedEgressWaypoint extends EgressExit {
  /** @internal */
  public readonly _kind = 'waypoint';
  /** @internal */
  public readonly _isOwned = false;

  public constructor(
    public readonly exitName: string,
    public readonly namespace: string,
  ) {
    super();
  }

  /** @internal */
  public _grant(): void {
    // The owner does.
  }

  /** @internal */
  public _lead(): [] {
    return [];
  }

  /** @internal */
  public _address(scope: Construct): ExitAddress {
    return waypointAddress(scope, this);
  }
}

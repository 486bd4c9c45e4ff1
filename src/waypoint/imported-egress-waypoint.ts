import { Construct } from 'constructs';
import { waypointAddress } from './waypoint-address';
import { ExitAddress } from '../exit/address';
import { IEgressExit } from '../exit/egress-exit';

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
  public _address(scope: Construct): ExitAddress {
    return waypointAddress(scope, this);
  }

  /** @internal */
  public _describe(): string {
    return `${this.namespace}/${this.exitName} (waypoint, mutual TLS)`;
  }
}

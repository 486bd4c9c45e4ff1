import { Construct } from 'constructs';
import { ExitAddress } from './address';
import { IClientHop } from './client-hop';
import { Declaration } from './declaration';
import { Brand } from '../brand';
import { EgressError } from '../errors';

/** Which proxies an exit consists of: pods of a gateway, pods of a waypoint, or the sidecars of the callers themselves. */
export type ExitKind = 'gateway' | 'waypoint' | 'sidecar';

const EGRESS_EXIT = new Brand<EgressExit>('EgressExit', 'an exit');

/**
 * Where traffic leaves the mesh: an `EgressGateway`, an `EgressWaypoint`, what their `imported` returns, or a `SidecarExit`. An exit
 * makes the objects of both hops, because they depend on its kind. There are no others: nobody else can extend this class.
 *
 * @example
 * // A declaration is the same, whichever way it leaves.
 * const exits: { [mesh: string]: EgressExit } = {
 *   sidecars: EgressGateway.imported(),
 *   ambient: EgressWaypoint.imported(),
 * };
 * new HttpEgress(chart, 'News', {
 *   hosts: ['news.example.com'],
 *   exit: exits.ambient,
 *   clients: [EgressClient.namespace('shop')],
 * });
 */
export abstract class EgressExit extends Construct {
  /** The exit's name, unique in its namespace. */
  public abstract readonly exitName: string;

  /** The namespace of the exit, which holds all objects that decide what passes; empty for the callers' own sidecars. */
  public abstract readonly namespace: string;

  /** @internal */
  public abstract readonly _kind: ExitKind;

  /**
   * Whether this app makes the exit.
   * @internal
   */
  public abstract readonly _isOwned: boolean;

  /**
   * Without a scope, for an imported exit: it is a construct of no app, and no object of it is made.
   * @throws ExitCannotCarry for a class that is none of this library
   */
  protected constructor(scope?: Construct, id = '') {
    super(scope as Construct, id);
    this.seal();
  }

  /** Private, so that the compiler takes nothing for an exit that only looks like one; what it does not see has no `_grant`. */
  private seal(): void {
    if (typeof this._grant !== 'function') throw noExit(this, this);
    EGRESS_EXIT.mark(this);
  }

  /**
   * Whether this app decides what happens beyond the exit: its own exits do, and nobody else is beyond a sidecar.
   * @internal
   */
  public get _grantsHere(): boolean {
    return this._isOwned || this._kind === 'sidecar';
  }

  /**
   * Makes the grant: the exit's side of a declaration. Of an imported exit it checks the declaration and makes nothing, because the
   * app that owns the exit grants.
   * @internal
   */
  public abstract _grant(declaration: Declaration): void;

  /**
   * Makes the client hops: the callers' side of a declaration, one for each namespace of clients.
   * @internal
   */
  public abstract _lead(scope: Construct, declaration: Declaration): IClientHop[];

  /**
   * Its Services and pods, as a scope's mesh knows them; undefined for sidecars, which have none of their own.
   * @internal
   */
  public abstract _address(scope: Construct): ExitAddress | undefined;

  /**
   * Whether somebody else than the callers' own namespace decides what passes.
   * @internal
   */
  public get _decidesForOthers(): boolean {
    return this._kind !== 'sidecar';
  }

  /**
   * Whether Envoy tells the external host what the application called, if nothing else forbids it.
   * @internal
   */
  public _tellsCalledName(_declaration: Declaration): boolean {
    return false;
  }
}

/** Whether a value is an exit. A second copy of this package has classes of its own, and its exits are exits all the same. */
export const isExit = (value: unknown): value is EgressExit => EGRESS_EXIT.is(value);

/** The error for what is no exit. */
export function noExit(scope: Construct, given: unknown): EgressError {
  return new EgressError('ExitCannotCarry', scope, {
    what: '`exit` is not an exit of this library',
    given,
    allowed: 'an exit, or what EgressGateway.imported and EgressWaypoint.imported return',
    fix: 'pass the exit itself',
  });
}

/**
 * Checks that a declaration can go through an exit at all.
 * @throws ExitCannotCarry for what is no exit, or one of another app
 */
export function checkExit(scope: Construct, exit: EgressExit): void {
  if (!isExit(exit)) throw noExit(scope, exit);
  if (exit._isOwned && exit.node.root !== scope.node.root) {
    throw new EgressError('ExitCannotCarry', scope, {
      what: 'the exit is made in another app, whose YAML this declaration would not reach',
      given: `${exit.namespace}/${exit.exitName}`,
      allowed: 'an exit of the same app, or an imported one',
      fix: 'declare it where the exit is made; an Egress can also go through an imported exit, and be granted there',
    });
  }
}

/** Checks each of a list. @throws ExitCannotCarry */
export function checkExits(scope: Construct, exits: EgressExit[] = []): EgressExit[] {
  for (const exit of exits) checkExit(scope, exit);
  return exits;
}

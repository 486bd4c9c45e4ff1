import { Construct, IConstruct } from 'constructs';
import { ExitAddress } from './address';
import { Declaration } from './declaration';
import { IClientHop } from '../client/client-hop';

/**
 * Where traffic leaves the mesh. Implemented by this library only: an exit makes the objects of both hops, because they
 * depend on its kind.
 */
export interface IEgressExit {
  /** The exit's name, unique in its namespace. */
  readonly exitName: string;

  /** The namespace of the exit, where everything stands that decides; empty for the callers' own sidecars. */
  readonly namespace: string;

  /**
   * The construct that makes the exit; undefined where the exit belongs to somebody else.
   * @internal
   */
  readonly _owned?: IConstruct;

  /**
   * Whether this app decides what happens beyond the exit.
   * @internal
   */
  readonly _grantsHere: boolean;

  /**
   * The exit's side of a declaration. Nothing but checks where the exit belongs to somebody else, who grants by himself.
   * @internal
   */
  _grant(declaration: Declaration): void;

  /**
   * The callers' side of a declaration: one hop per namespace.
   * @internal
   */
  _lead(scope: Construct, declaration: Declaration): IClientHop[];

  /**
   * Its Services and pods, for what closes every other way; left out where there are none.
   * @internal
   */
  _address?(scope: Construct): ExitAddress;

  /**
   * The exit and how it is reached, for the line that describes a declaration.
   * @internal
   */
  _describe(declaration: Declaration): string;
}

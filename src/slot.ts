import { IConstruct } from 'constructs';

/**
 * A private property of constructs: on the app's root for what the whole app has to know, such as all declarations, or on any construct
 * for what a check has to know of it. Its key is a symbol of the whole process (`Symbol.for`), because an app may load a second copy of
 * this package, which has to find the values of the first.
 */
export class Slot<T> {
  private readonly symbol: symbol;

  /** @param name Unique in this package */
  public constructor(name: string) {
    this.symbol = Symbol.for(`cdk8s-istio-egress.${name}`);
  }

  /** The value of a construct; undefined if it has none. */
  public of(construct: IConstruct): T | undefined {
    return (construct as any)[this.symbol];
  }

  /** Sets the value of a construct, in place of an earlier one. */
  public set(construct: IConstruct, value: T): void {
    (construct as any)[this.symbol] = value;
  }

  /** The value of a construct, which is made first if there is none. */
  public begin(construct: IConstruct, make: () => T): T {
    return ((construct as any)[this.symbol] ??= make());
  }
}

/** A slot whose values are lists, to which things are added. */
export class ListSlot<T> {
  private readonly slot: Slot<T[]>;

  /** @param name Unique in this package */
  public constructor(name: string) {
    this.slot = new Slot(name);
  }

  /** All that was added to a construct's list. */
  public of(construct: IConstruct): readonly T[] {
    return this.slot.of(construct) ?? [];
  }

  /** Adds to a construct's list. */
  public add(construct: IConstruct, item: T): void {
    this.slot.begin(construct, () => []).push(item);
  }

  /** All that was added below a scope, in the order of the tree. */
  public below(scope: IConstruct): T[] {
    return scope.node.findAll().flatMap((construct) => this.of(construct));
  }
}

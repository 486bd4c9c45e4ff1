import { IConstruct } from 'constructs';

/**
 * A place in which constructs remember something that is nobody else's to see: what a declaration says, with the app's root; what
 * a check has to know, with a construct. Slots are told apart by a symbol of the whole process, because an app may load a second
 * copy of this package, which has to find what the first one remembered.
 */
export class Slot<T> {
  private readonly symbol: symbol;

  /** @param name Unique in this package */
  public constructor(name: string) {
    this.symbol = Symbol.for(`cdk8s-istio-egress.${name}`);
  }

  /** What a construct remembers; undefined for nothing. */
  public of(construct: IConstruct): T | undefined {
    return (construct as any)[this.symbol];
  }

  /** Has a construct remember something, in place of what it did. */
  public set(construct: IConstruct, value: T): void {
    (construct as any)[this.symbol] = value;
  }

  /** What a construct remembers; where that is nothing, it begins with a value. */
  public begin(construct: IConstruct, make: () => T): T {
    return ((construct as any)[this.symbol] ??= make());
  }
}

/** A slot for a list of each construct, to which things are added. */
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

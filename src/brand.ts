import { Construct } from 'constructs';
import { EgressError } from './errors';

/**
 * Tells the values of one class from everything else. Values are marked where their factories make them, by a symbol of the
 * whole process: `instanceof` would not know those of a second copy of this package, and anything else could be taken for a
 * value that allows or opens more than was meant.
 */
export class Brand<T extends object> {
  private readonly symbol: symbol;

  /**
   * @param name The class
   * @param allowed How values of it are made, for errors
   */
  public constructor(
    private readonly name: string,
    private readonly allowed: string,
  ) {
    this.symbol = Symbol.for(`cdk8s-istio-egress.${name}`);
  }

  /** Marks a value of the class. */
  public mark(value: T): T {
    return Object.defineProperty(value, this.symbol, { value: true });
  }

  /** Whether it is one. */
  public is(value: unknown): value is T {
    try {
      return typeof value === 'object' && value !== null && (value as any)[this.symbol] === true;
    } catch {
      return false;
    }
  }

  /** @throws WrongType */
  public check(where: Construct | string, property: string, value: unknown): T {
    if (this.is(value)) return value;
    throw new EgressError('WrongType', where, {
      what: `\`${property}\` is no ${this.name}`,
      given: value,
      allowed: this.allowed,
      fix: `set \`${property}\` to one of them`,
    });
  }

  /** The same for an option that may be left out. @throws WrongType */
  public optional(where: Construct | string, property: string, value: unknown): T | undefined {
    return value === undefined ? undefined : this.check(where, property, value);
  }
}

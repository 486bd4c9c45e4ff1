import { Construct } from 'constructs';
import { checkWholeNumber } from './numbers';
import { Brand } from '../brand';

/**
 * What is sent again when an upstream fails. Istio's own default is two retries for every method, which can place an order
 * twice; here it is none, until the calls are declared safe to repeat.
 *
 * Both hops follow the declaration, each for its own failures: a sidecar sends again what did not reach the exit or was cut
 * off there, the exit what the external host did not answer or answered with 502, 503 or 504.
 *
 * @example
 * new TlsOriginationEgress(chart, 'Rates', {
 *   hosts: ['rates.example.com'],
 *   exit,
 *   clients: [EgressClient.namespace('shop')],
 *   retries: HttpRetries.idempotent(2),
 * });
 */
export class HttpRetries {
  /** Nothing is sent twice, not even after a connection that failed. */
  public static none(): HttpRetries {
    return RETRIES.mark(new HttpRetries(undefined, false, true));
  }

  /**
   * Sends GET, HEAD, OPTIONS, TRACE, PUT and DELETE again, which HTTP defines as idempotent (RFC 9110, 9.2.2); every other
   * method is never sent twice.
   *
   * @param attempts How often at most, after the first try: 1 to 10
   */
  public static idempotent(attempts: number): HttpRetries {
    return RETRIES.mark(new HttpRetries(attempts, false));
  }

  /**
   * Sends every method again, POST and PATCH too. To be declared only for hosts that recognise a repeated request.
   *
   * @param attempts How often at most, after the first try: 1 to 10
   */
  public static anyMethod(attempts: number): HttpRetries {
    return RETRIES.mark(new HttpRetries(attempts, true));
  }

  private constructor(
    private readonly attempts: number | undefined,
    private readonly everyMethod: boolean,
    private readonly isNone = false,
  ) {}

  /** @internal */
  public _resolve(scope: Construct): ResolvedRetries | undefined {
    const { attempts, everyMethod } = this;
    if (this.isNone) return undefined;
    return { attempts: checkWholeNumber(scope, 'attempts', attempts!, [1, 10]), everyMethod };
  }
}

const RETRIES = new Brand<HttpRetries>('HttpRetries', 'HttpRetries.none(), .idempotent(2), .anyMethod(2)');

/** Undefined for none. @throws WrongType, OutOfRange */
export function checkRetries(scope: Construct, retries: HttpRetries): ResolvedRetries | undefined {
  return RETRIES.check(scope, 'retries', retries)._resolve(scope);
}

/** Checked retries of one port. */
export interface ResolvedRetries {
  readonly attempts: number;
  readonly everyMethod: boolean;
}

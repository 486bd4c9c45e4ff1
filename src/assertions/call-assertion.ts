import { askAtOnce } from '../engine/ask';
import { Inquiry, Outcome } from '../engine/inquiry';
import { Arrival, Call } from '../engine/question';
import { problemText, toText } from '../engine/story-text';
import { checkEnum, checkOptions, Options } from '../options';

/** How a call is encrypted outside the mesh. */
export enum TlsOutside {
  /** The proxy that it leaves from encrypts it, and verifies the server by its name. */
  VERIFIED = 'verified',
  /** The proxy that it leaves from encrypts it, and takes any server for the right one. */
  NOT_VERIFIED = 'not verified',
  /** The caller speaks TLS itself, which no proxy opens. */
  OF_CALLER = "the caller's own",
  /** No proxy encrypts it, and the caller does not speak TLS. */
  NONE = 'none',
}

/** How an allowed call goes. */
export interface AllowedWay {
  /**
   * A workload through whose proxy it goes, `namespace/name`: the exit.
   * @default - any, or none
   */
  readonly through?: string;
  /**
   * How it is encrypted outside.
   * @default - in any way, or not
   */
  readonly tls?: TlsOutside;
}

const WAY: Options<AllowedWay> = { through: 'text', tls: 'checked' };

/**
 * What becomes of one call.
 *
 * @example
 * const exit = new EgressGateway(new Chart(app, 'platform'), 'Exit');
 * const clients = [EgressClient.serviceAccount('payments', 'checkout')];
 * new TlsOriginationEgress(chart, 'Stripe', { hosts: ['api.stripe.com'], exit, clients });
 * const call = assertions.Calls.of(app).from('payments/checkout').to('http://api.stripe.com/v1/charges');
 * call.isAllowed({ through: 'istio-egress/istio-egress', tls: assertions.TlsOutside.VERIFIED });
 */
export class CallAssertion {
  /** @internal */
  public static _about(inquiry: Inquiry, call: Call): CallAssertion {
    const outcome = inquiry.told(call, askAtOnce(inquiry.about(call), inquiry.environment));
    const { grave } = outcome;
    if (grave.length > 0) {
      throw new Error(`not all manifests can be applied:\n  ${grave.map(problemText).join('\n  ')}`);
    }
    return new CallAssertion(outcome);
  }

  private constructor(private readonly outcome: Outcome) {}

  /** What becomes of the call, in words, from proxy to proxy. */
  public get explanation(): string {
    return toText(this.outcome);
  }

  /**
   * Asserts that the call arrives.
   * @throws OptionUnknown, WrongType
   * @throws Error if it does not, or does not go that way
   */
  public isAllowed(way: AllowedWay = {}): void {
    const { through, tls } = checkOptions('Calls', way, WAY);
    if (tls !== undefined) checkEnum('Calls', 'tls', tls, ['TlsOutside', TlsOutside]);
    const { verdict, hops, arrives } = this.outcome.answer;
    if (verdict !== 'allowed') this.fail('allowed', verdict);
    if (through !== undefined && !hops.some(({ pod }) => pod === through)) {
      this.fail(`going through ${through}`, `going through ${hops.map(({ pod }) => pod).join(', ') || 'no proxy'}`);
    }
    const actual = tlsOf(arrives);
    if (tls !== undefined && actual !== tls) {
      this.fail(
        `leaving with TLS: ${tls}`,
        actual === undefined ? 'staying in the mesh' : `leaving with TLS: ${actual}`,
      );
    }
  }

  /**
   * Asserts that what is configured stops the call.
   * @throws Error if it does not: also of a call that is let through and does not get there, or that depends on something else
   */
  public isRefused(): void {
    const { verdict } = this.outcome.answer;
    if (verdict !== 'refused') this.fail('refused', verdict);
  }

  private fail(expected: string, actual: string): never {
    const { call } = this.outcome.story;
    throw new Error(`expected ${call}\n  to be ${expected}, and it is ${actual}\n\n${this.explanation}`);
  }
}

function tlsOf(arrives: Arrival | undefined): TlsOutside | undefined {
  if (!arrives?.outside) return undefined;
  if (arrives.encryption === 'none') return TlsOutside.NONE;
  if (arrives.encryption === 'caller') return TlsOutside.OF_CALLER;
  return arrives.verified ? TlsOutside.VERIFIED : TlsOutside.NOT_VERIFIED;
}

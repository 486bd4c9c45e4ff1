import { Construct } from 'constructs';
import { checkHost } from './host';
import { checkCredential, TlsCredential } from './tls-credential';
import { Brand } from '../brand';
import { EgressError } from '../errors';
import { checkOptions, Options } from '../options';

/** What the certificate of the external host must show, and what the exit shows of itself. */
export interface UpstreamTlsOptions {
  /**
   * Server name that the exit asks for in the handshake.
   * @default - the host
   */
  readonly sni?: string;

  /**
   * Names of which the certificate must carry one.
   * @default - the host
   */
  readonly subjectAltNames?: string[];
}

const TLS: Options<UpstreamTlsOptions> = { sni: 'checked', subjectAltNames: 'checked' };

/** TLS without a client certificate. */
export interface SimpleUpstreamTlsOptions extends UpstreamTlsOptions {
  /**
   * Secret in the exit's namespace whose `ca.crt` holds the CAs to trust instead of the system's.
   * @default - the certificate authorities of the proxy image
   */
  readonly caCredential?: TlsCredential;
}

const SIMPLE_TLS: Options<SimpleUpstreamTlsOptions> = { ...TLS, caCredential: 'checked' };

/**
 * How an exit speaks TLS to an external host. The server's certificate is verified in every form: its chain, and that it
 * carries the host's name. (Istio checks no name when an SNI is set without names, so both are always written.)
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings
 *
 * @example
 * new TlsOriginationEgress(chart, 'Bank', {
 *   hosts: ['api.bank.example.com'],
 *   exit,
 *   clients: [EgressClient.serviceAccount('payments', 'checkout')],
 *   tls: UpstreamTls.mutual(TlsCredential.named('bank-client-certificate')),
 * });
 */
export class UpstreamTls {
  /**
   * TLS that verifies the server and shows no client certificate.
   * @throws OptionUnknown, WrongType
   */
  public static simple(options: SimpleUpstreamTlsOptions = {}): UpstreamTls {
    const { caCredential, ...rest } = checkOptions('UpstreamTls.simple', options, SIMPLE_TLS);
    return UPSTREAM_TLS.mark(new UpstreamTls('SIMPLE', rest, caCredential));
  }

  /**
   * Mutual TLS with the exit owner's certificate.
   *
   * @param credential Secret in the exit's namespace with `tls.crt`, `tls.key` and `ca.crt`. The last one is what the
   *   server is verified against: with a credential, Istio does not fall back to the system's authorities.
   *
   * @throws OptionUnknown, WrongType
   */
  public static mutual(credential: TlsCredential, options: UpstreamTlsOptions = {}): UpstreamTls {
    const checked = checkOptions('UpstreamTls.mutual', options, TLS);
    return UPSTREAM_TLS.mark(new UpstreamTls('MUTUAL', checked, credential));
  }

  private constructor(
    private readonly mode: 'SIMPLE' | 'MUTUAL',
    private readonly options: UpstreamTlsOptions,
    private readonly credential?: TlsCredential,
  ) {}

  /** @internal */
  public _resolve(scope: Construct, namespace: string): ResolvedTls {
    const { mode, credential } = this;
    const { sni, subjectAltNames } = this.options;
    const needed = mode === 'MUTUAL' || credential !== undefined;
    return {
      mode,
      // Mutual TLS needs a credential: without one, the exit would show no certificate, and Istio would report nothing.
      credentialName: needed ? checkCredential(scope, 'credential', credential!, namespace) : undefined,
      sni: sni === undefined ? undefined : checkHost(scope, sni),
      subjectAltNames: subjectAltNames === undefined ? undefined : checkSubjectAltNames(scope, subjectAltNames),
    };
  }
}

const UPSTREAM_TLS = new Brand<UpstreamTls>(
  'UpstreamTls',
  'UpstreamTls.simple(), UpstreamTls.mutual(TlsCredential.named("secret"))',
);

/**
 * @param namespace Of the gateway, beside which its credentials stand
 * @throws WrongType, and what its settings can throw
 */
export function checkTls(scope: Construct, tls: UpstreamTls, namespace: string): ResolvedTls {
  return UPSTREAM_TLS.check(scope, 'tls', tls)._resolve(scope, namespace);
}

/** Checked TLS settings; what is undefined follows the host. */
export interface ResolvedTls {
  readonly mode: 'SIMPLE' | 'MUTUAL';
  readonly credentialName?: string;
  readonly sni?: string;
  readonly subjectAltNames?: string[];
}

function checkSubjectAltNames(scope: Construct, names: string[]): string[] {
  const bad = Array.isArray(names)
    ? [...names].find((name) => typeof name !== 'string' || !/^[\x21-\x7e]+$/.test(name))
    : names;
  if (!Array.isArray(names) || names.length === 0 || bad !== undefined || names.includes(undefined as any)) {
    throw new EgressError('SubjectAltNameSyntax', scope, {
      what: 'the certificate would not be checked for a usable name',
      given: bad ?? names,
      allowed: 'at least one name, of printable ASCII characters without spaces',
      fix: 'name what the certificate carries, or leave `subjectAltNames` out for the host itself',
    });
  }
  return [...new Set(names)].sort();
}

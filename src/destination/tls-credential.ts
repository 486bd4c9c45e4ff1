import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { Brand } from '../brand';
import { EgressError } from '../errors';
import { checkDottedName } from '../naming';
import { checkOfThisApp, namespaceOf, objectOf } from '../object-of';

/**
 * A Secret with certificates for a gateway, which Istio calls its credential. It stands in the namespace of the gateway: Istio gives
 * a gateway no other.
 *
 * @example
 * new TlsOriginationEgress(chart, 'Bank', {
 *   hosts: ['api.bank.example'],
 *   exit,
 *   clients: [EgressClient.serviceAccount('payments', 'checkout')],
 *   tls: UpstreamTls.mutual(TlsCredential.named('bank-client-certificate')),
 * });
 */
export class TlsCredential {
  /**
   * A Secret that somebody else makes, by its name. It is taken from the namespace of the gateway that uses it.
   * @throws NameSyntax, CredentialNamespace
   */
  public static named(name: string): TlsCredential {
    const where = 'TlsCredential.named';
    if (typeof name === 'string' && name.includes('/')) {
      throw new EgressError('CredentialNamespace', where, {
        what: 'a credential cannot come from another namespace than the gateway that uses it',
        given: name,
        allowed: 'the name of a Secret beside the gateway; Istio gives it no other',
        fix: 'copy the Secret beside the gateway and pass its bare name',
      });
    }
    // Secrets may have dots in their names.
    return CREDENTIAL.mark(new TlsCredential(checkDottedName(where, 'name', name)));
  }

  /**
   * A Secret that this app makes: a `Secret` of cdk8s-plus, or its ApiObject. Its namespace is held against the gateway's where the
   * credential is used (CredentialNamespace). JSON patches that give it another name or namespace are not seen.
   * @throws WrongType, NamespaceMissing, NameSyntax
   */
  public static of(secret: IConstruct): TlsCredential {
    const object = objectOf('TlsCredential.of', secret, ['core/Secret']);
    const namespace = namespaceOf(object);
    return CREDENTIAL.mark(new TlsCredential(checkDottedName(object, 'name', object.name), namespace, object));
  }

  private constructor(
    /** The Secret's name. */
    public readonly secretName: string,
    /** Its namespace; undefined for that of the gateway. */
    public readonly namespaceName?: string,
    /** @internal */
    public readonly _object?: ApiObject,
  ) {}
}

const CREDENTIAL = new Brand<TlsCredential>('TlsCredential', 'TlsCredential.named("secret"), TlsCredential.of(secret)');

/**
 * The name of a credential for a gateway of a namespace.
 * @throws WrongType, CredentialNamespace, OtherApp
 */
export function checkCredential(scope: Construct, property: string, given: TlsCredential, namespace: string): string {
  const { secretName, namespaceName = namespace, _object } = CREDENTIAL.check(scope, property, given);
  if (_object) checkOfThisApp(scope, _object);
  // Sidecars take no credentials at all, which their exit says itself: it has no namespace.
  if (namespaceName === namespace || namespace === '') return secretName;
  throw new EgressError('CredentialNamespace', scope, {
    what: 'a credential cannot come from another namespace than the gateway that uses it',
    given: `Secret ${namespaceName}/${secretName}`,
    allowed: `a Secret in ${namespace}; Istio gives a gateway there no other`,
    fix: `make the Secret in ${namespace}`,
  });
}

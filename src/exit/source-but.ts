import { AuthorizationPolicySpecRulesFromSource } from '../../imports/security.istio.io';

/**
 * Whoever is none of these service accounts, given as "payments/checkout", and in none of these namespaces: all conditions of a
 * source must hold, so each excludes one more. Istio's CRD takes no service accounts beside namespaces, so that they are named by
 * the end of their principals then, which means the same.
 */
export function sourceBut(accounts: string[], namespaces: string[]): AuthorizationPolicySpecRulesFromSource {
  if (namespaces.length === 0) return { notServiceAccounts: accounts };
  const principals = accounts.map((account) => `*/ns/${account.replace('/', '/sa/')}`);
  return { notPrincipals: principals.length > 0 ? principals : undefined, notNamespaces: namespaces };
}

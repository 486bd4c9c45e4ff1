const IP = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)$/i;

/**
 * A host as istiod reads it: a name without a dot is a Service of the object's own namespace. `reviews.prod` is left as it
 * is: istiod does not complete it either.
 *
 * @see ResolveShortnameToFQDN in istio/istio, pilot/pkg/model/config.go
 */
export function fullHost(host: string, namespace: string, domain: string): string {
  const name = host.toLowerCase();
  return name === '*' || name.includes('.') || IP.test(name) ? name : `${name}.${namespace}.svc.${domain}`;
}

export const isWildcard = (host: string): boolean => host.startsWith('*');

/** Whether a pattern, which may be no pattern but a host, covers a host or all hosts of a narrower pattern. */
export function covers(pattern: string, host: string): boolean {
  if (!isWildcard(pattern)) return pattern === host;
  const suffix = pattern.slice(1);
  return isWildcard(host) ? host.length >= pattern.length && host.slice(1).endsWith(suffix) : host.endsWith(suffix);
}

/** Whether some host is covered by both. */
export function overlap(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}

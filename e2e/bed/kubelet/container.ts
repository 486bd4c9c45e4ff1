import { PROXY, ProxyRole } from './injection';
import { KubeObject } from '../api';
import { podNetns } from '../layout';
import { Parts } from '../parts';

/** The user that Istio's image runs as; its traffic is not captured. */
export const PROXY_USER = 1337;

/** What Istio's images have in `/usr/local/bin`. */
export function binariesOf(role: ProxyRole, parts: Parts): Record<string, string> {
  return role === 'ztunnel' ? { ztunnel: parts.ztunnel } : { 'pilot-agent': parts.pilotAgent, envoy: parts.envoy };
}

/** The user of a container's processes. The bed's own application runs as root, as images do that say nothing. */
export function userOf(pod: KubeObject, container: any): number {
  const asked = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  return container.name === PROXY ? PROXY_USER : (asked ?? 0);
}

/** A command as it runs in a container of a pod: in its network, as its user, which finds the image's binaries in their place. */
export function inContainer(
  pod: KubeObject,
  user: number,
  binaries: Record<string, string>,
  command: string[],
): string[] {
  const { namespace = '', name } = pod.metadata;
  const files = Object.entries(binaries);
  const script = [
    // The user may not read the cache of whoever built the parts.
    ...(files.length ? ['mount -t tmpfs -o mode=755 tmpfs /usr/local/bin'] : []),
    ...files.flatMap(([binary, file]) => [
      `touch /usr/local/bin/${binary}`,
      `mount --bind '${file}' /usr/local/bin/${binary}`,
    ]),
    user ? `exec setpriv --reuid ${user} --regid ${user} --clear-groups --bounding-set=-all "$@"` : 'exec "$@"',
  ];
  return ['ip', 'netns', 'exec', podNetns(namespace, name), 'sh', '-ec', script.join('\n'), 'sh', ...command];
}

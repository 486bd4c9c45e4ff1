import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { clashes, paths, some } from './clashes';
import { describe } from '../../errors';
import { clientHostOf, exitHostOf, exitOf } from '../marks';

/** Exits that select the same pods: the servers of one would be opened on the other's. */
export function sharedSelectors(nodes: IConstruct[]): string[] {
  const selector = (node: IConstruct) => JSON.stringify(Object.entries(exitOf(node)!.selector).sort());
  return clashes(nodes.filter(exitOf), selector).map((group) =>
    describe('ExitSelectorShared', group[1], {
      what: 'two exits select the same pods; Istio looks at labels, not at namespaces, and would open the servers of both on each',
      given: paths(group),
      allowed: 'labels that only one exit has',
      fix: 'set another `name` on a managed gateway, or other `labels` for pods that exist already',
    }),
  );
}

/** Hosts whose settings would hold for two exits, because Istio merges what stands in one namespace. */
export function hostsOnTwoExits(nodes: IConstruct[]): string[] {
  const key = (node: IConstruct) => `${exitHostOf(node)!.namespace}/${exitHostOf(node)!.host}`;
  return clashes(nodes.filter(exitHostOf), key).map((group) =>
    describe('HostOnTwoExits', group[1], {
      what: `two exits of one namespace, or two names at one exit, reach the same host, ${key(group[0])}; Istio would use one's settings for both`,
      given: paths(group),
      allowed: 'a host once at the exits of a namespace',
      fix: 'use one exit and one name for the host, or put the exits in namespaces of their own',
    }),
  );
}

/** Hand-written ServiceEntries that would send a gateway's calls to where they came from: to the gateway. */
export function loops(objects: ApiObject[], nodes: IConstruct[]): string[] {
  const hosts = nodes.flatMap((node) => exitHostOf(node) ?? []);
  const written = objects.filter((object) => object.kind === 'ServiceEntry' && !exitHostOf(object.node.scope!));
  return written.flatMap((object) => {
    const { metadata, spec = {} } = object.toJson();
    if ((spec.resolution ?? 'NONE') !== 'NONE') return [];
    const exportTo: string[] = spec.exportTo ?? ['*'];
    const hit = hosts.find(({ namespace, host }) => {
      const visible = exportTo.includes('*') || exportTo.includes(namespace) || metadata?.namespace === namespace;
      return visible && spec.hosts?.includes(host);
    });
    if (!hit) return [];
    return describe('ResolutionNone', object, {
      what: `this ServiceEntry names ${hit.host} with resolution NONE and is visible in the exit's namespace, where it makes calls loop`,
      given: { exportTo, resolution: spec.resolution },
      allowed: `resolution DNS, or an \`exportTo\` without ${hit.namespace}`,
      fix: 'remove the ServiceEntry: the declaration replaces it',
    });
  });
}

/** Hosts that nothing tells apart, on one port of one namespace. */
export function conflictingCaptures(nodes: IConstruct[]): string[] {
  const captures = nodes.flatMap((node) => {
    const mark = clientHostOf(node);
    return (mark?.captures ?? []).map((capture) => ({ node, namespace: mark!.namespace, ...capture }));
  });
  const everywhere = captures.flatMap(({ addresses = ['every address'], ...capture }) =>
    addresses.map((address) => ({ ...capture, key: `${address}, port ${capture.port} in ${capture.namespace}` })),
  );
  return clashes(everywhere, ({ key }) => key)
    .filter((group) => new Set(group.map(({ host }) => host)).size > 1)
    .map((group) =>
      describe('CaptureConflict', group[1].node, {
        what: `TCP connections to ${group[0].key} are led to ${some(new Set(group.map(({ host }) => host)))}; nothing else tells them apart`,
        given: paths(group.map(({ node }) => node)),
        allowed: 'addresses of its own for each host',
        fix: 'set `addresses` on the declarations, or `dnsProxying: true` in Mesh.configure if the mesh has ISTIO_META_DNS_CAPTURE=true',
      }),
    );
}

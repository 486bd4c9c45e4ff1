import { IConstruct } from 'constructs';
import { TreeCheck } from './check-tree';
import { clashes, paths } from './clashes';
import { describe } from '../../errors';
import { ingressHostOf } from '../marks';

/** For apps with hosts at an ingress gateway. */
export const OF_INGRESS: TreeCheck = { name: 'ingress', problems: ({ marked }) => ingressHostsTwice(marked) };

/** Host names that two constructs want an ingress gateway to serve: of two Gateways for one name Istio takes one. */
function ingressHostsTwice(nodes: IConstruct[]): string[] {
  const key = (node: IConstruct) => {
    const { namespace, selector, host } = ingressHostOf(node)!;
    return JSON.stringify([host, namespace, Object.entries(selector).sort()]);
  };
  return clashes(nodes.filter(ingressHostOf), key).map((group) =>
    describe('IngressHostTwice', group[1], {
      what: `two constructs have the ingress gateway serve ${ingressHostOf(group[0])!.host}; Istio would take one of the two Gateways`,
      given: paths(group),
      allowed: 'one construct for a host name',
      fix: 'use another host name, or remove one',
    }),
  );
}

import { Cluster, Direction, openingsOf } from './openings';
import { selects } from './selector';
import { KubeObject } from '../../api';
import { ISTIOD } from '../../control/system-pods';
import { linkOf } from '../../layout';

/** The table of nftables in which the node keeps policies. */
export const TABLE = 'inet network-policies';

/** Where the table remembers what it dropped lately: source, target, protocol and the target's port. */
export const DROPPED = { egress: 'dropped-egress', ingress: 'dropped-ingress' };

const OWN = { egress: 'daddr', ingress: 'saddr' };

/** The policies that hold for a pod in a direction. Without any, all passes. The API server fills in what `policyTypes` leaves out. */
function policiesFor(pod: KubeObject, direction: Direction, { policies }: Cluster): KubeObject[] {
  const type = direction === 'egress' ? 'Egress' : 'Ingress';
  return policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.metadata.namespace &&
      spec.policyTypes.includes(type) &&
      selects(spec.podSelector ?? {}, pod.metadata.labels),
  );
}

/**
 * What passes whatever policies say: no pod can be kept from itself, and ztunnel, which the bed plays inside the pod, hears of istiod from
 * a network of its own in life.
 */
function alwaysOpen({ metadata, status }: KubeObject, direction: Direction): string[] {
  const isAmbient = metadata.annotations?.['bed/proxy'] === 'ztunnel';
  return [
    `ip ${OWN[direction]} ${status.podIP}`,
    ...(isAmbient && direction === 'egress' ? [`ip daddr ${ISTIOD.address} tcp dport 15012`] : []),
  ];
}

/** The chain of a pod: it returns for what some policy lets pass, and drops the rest. */
function chainOf(pod: KubeObject, direction: Direction, cluster: Cluster): string[] {
  const policies = policiesFor(pod, direction, cluster);
  if (!policies.length) return [];
  const openings = policies.flatMap((policy) =>
    (policy.spec[direction] ?? []).flatMap((rule: any) => openingsOf(direction, rule, policy, pod, cluster)),
  );
  return [
    `  chain ${linkOf(pod.status.podIP)}.${direction} {`,
    ...[...alwaysOpen(pod, direction), ...new Set(openings.sort())].map((match) => `    ${`${match} return`.trim()}`),
    `    meta l4proto { tcp, udp } update @${DROPPED[direction]} { ip saddr . ip daddr . meta l4proto . th dport }`,
    '    drop',
    '  }',
  ];
}

/** Leads what passes a pod's link to the pod's chain. */
function leads(pods: KubeObject[], direction: Direction): string[] {
  const links = pods.map(({ status }) => linkOf(status.podIP));
  const verdicts = links.map((link) => `"${link}" : jump ${link}.${direction}`);
  return verdicts.length
    ? [`    ${direction === 'egress' ? 'iifname' : 'oifname'} vmap { ${verdicts.join(', ')} }`]
    : [];
}

const ANSWERS = ['    ct direction reply return', '    ct state related return'];

const chain = (name: string, lines: string[]) => [
  `  chain ${name} {`,
  `    type filter hook ${name} priority filter; policy accept;`,
  ...ANSWERS,
  ...lines,
  '  }',
];

/**
 * The rules that NetworkPolicies come to, for the node: they hold at its end of each pod's link, where nobody in the pod reaches them,
 * and see Services' addresses already translated. Every packet of a connection is asked, not only its first: a policy that is added ends
 * what it does not let pass. What the node itself sends to a pod is never asked.
 */
export function tableOf(cluster: Cluster): string {
  if (!cluster.policies.length) return '';
  const pods = [...cluster.pods].sort((a, b) => linkOf(a.status.podIP).localeCompare(linkOf(b.status.podIP)));
  const held = (direction: Direction) => pods.filter((pod) => policiesFor(pod, direction, cluster).length);
  const lines = [
    ...Object.values(DROPPED).map(
      (name) =>
        `  set ${name} { type ipv4_addr . ipv4_addr . inet_proto . inet_service; size 65535; flags dynamic,timeout; timeout 1m; }`,
    ),
    ...pods.flatMap((pod) => chainOf(pod, 'egress', cluster)),
    ...pods.flatMap((pod) => chainOf(pod, 'ingress', cluster)),
    ...chain('forward', [...leads(held('egress'), 'egress'), ...leads(held('ingress'), 'ingress')]),
    ...chain('input', leads(held('egress'), 'egress')),
  ];
  return `table ${TABLE} {\n${lines.join('\n')}\n}\n`;
}

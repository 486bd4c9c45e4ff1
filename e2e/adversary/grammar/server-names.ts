/** Server names of TLS as callers may write them, whatever they connect to. */

/** How many of `serverNames`, from the first on, are the host's own name to everybody who reads it. */
export const HONEST_SERVER_NAMES = 2;

/** Forms of a server name: the host's own, then what could be taken for it, for another host, for what the hop says, or for none. */
export const serverNames = (host: string, other: string, port: number): string[] => {
  const parent = host.replace(/^[^.]+\./, '');
  return [
    host.toUpperCase(),
    host.replace(/[a-z]/g, (letter, at: number) => (at % 2 ? letter.toUpperCase() : letter)),
    `${host}.`,
    other,
    other.toUpperCase(),
    `${other}.`,
    `x.${host}`,
    `x.${other}`,
    `*.${parent}`,
    parent,
    `sa.${port}.${host}`,
    `sa.${port}.${other}`,
    `ns.pay.${port}.${other}`,
    `ns.shop.${port}.${other}`,
    `NS.SHOP.${port}.${other}`,
    `ns.agents.${port}.${other}`,
    `sa.${port}-any.${parent}`,
    `ns.pay.${port}-any.${parent}`,
    `sa.5432.${other}`,
    `outbound_.${port}_._.${other}`,
    `outbound_.443_._.istio-egress-tls.istio-egress.svc.cluster.local`,
    'istio-egress-tls.istio-egress.svc.cluster.local',
    `_x.${parent}`,
    `x_y.${host}`,
    `-x.${parent}`,
    `xn--x-.${parent}`,
    `${host}:${port}`,
    `${host}/.${other}`,
    `${host} ${other}`,
    `${other},${host}`,
    `.${host}`,
    `x..${host}`,
    `${'long.'.repeat(40)}${host}`.slice(-250),
    `${'x'.repeat(64)}.${host}`,
    '*',
    '.',
    'localhost',
    '',
  ];
};

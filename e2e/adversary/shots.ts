import { EXITS } from './app';
import { authorityOf, headersOf, pathOf, serverNameOf } from './forms';
import { Shot } from './stage';
import { Move, teamOf } from './story';

/** Where the ingress gateway is called. */
const INGRESS_SERVICE = 'istio-ingressgateway.istio-system.svc.cluster.local';

const doorHost = (index: number) => `door-${index}.example`;

/** The call that a move makes. */
export function shotOf(move: Move, index: number): Shot {
  const { who, speaks, host, port, way } = move;
  if (speaks === 'tcp') return { from: who, url: `tcp://${host}:${port}` };
  const connectTo = way === 'ingress' ? { connectTo: { host: INGRESS_SERVICE, port } } : {};
  const target = move.method === 'CONNECT' ? `${host}:${port}` : pathOf(move);
  const asked = { from: who, method: move.method, target };
  if (speaks === 'tls') return { ...asked, ...connectTo, url: `https://${host}/`, sni: serverNameOf(move) };
  const authority = authorityOf(move);
  const http = speaks === 'http2' ? '2' : '1.1';
  if (way === 'door') {
    const door = { host: '10.45.200.1', port: 80 };
    return { ...asked, http, url: `http://${doorHost(index)}/`, connectTo: door };
  }
  return {
    ...asked,
    ...connectTo,
    http,
    url: `http://${host}:${port}/`,
    headers: authority === undefined ? undefined : { host: authority },
    lines: headersOf(move).lines,
  };
}

/** A route of the caller's own namespace to an exit, with the authority as the move has it. */
export function doorOf(move: Move, index: number): object {
  const { name, namespace } = EXITS[index % 3 === 0 ? 'second' : 'first'];
  const destination = { host: `${name}.${namespace}.svc.cluster.local`, port: { number: 80 } };
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: `door-${index}`, namespace: teamOf(move.who) },
    spec: {
      hosts: [doorHost(index)],
      exportTo: ['.'],
      http: [{ rewrite: { authority: authorityOf(move) }, route: [{ destination }] }],
    },
  };
}

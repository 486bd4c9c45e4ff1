import { EXITS } from '../app';

/** What an object of the catalogue is about. */
export interface Aim {
  /** The attacker's namespace. */
  readonly team: string;
  /** The host that it wants. */
  readonly host: string;
  /** An address of that host outside. */
  readonly address: string;
  /** A server outside that belongs to the attacker. */
  readonly evil: { readonly host: string; readonly address: string };
}

/** Objects by what they are. */
export type Catalogue = Record<string, (aim: Aim) => object[]>;

export const NETWORKING = 'networking.istio.io/v1';
export const { first, waypoint } = EXITS;
export const SERVICE = `${first.name}.${first.namespace}.svc.cluster.local`;
export const ELSEWHERE = [first.namespace, EXITS.second.namespace, waypoint.namespace, 'pay'];

export const object = (
  { team }: Aim,
  apiVersion: string,
  kind: string,
  name: string,
  spec?: object,
  rest: object = {},
) => ({ apiVersion, kind, metadata: { name, namespace: team }, ...(spec && { spec }), ...rest });

/** Ports of a ServiceEntry. */
export const web = [
  { number: 80, name: 'http', protocol: 'HTTP' },
  { number: 8080, name: 'http-8080', protocol: 'HTTP' },
  { number: 443, name: 'tls', protocol: 'TLS' },
];

export const serviceEntry = (aim: Aim, name: string, spec: object) =>
  object(aim, NETWORKING, 'ServiceEntry', name, {
    hosts: [aim.host],
    ports: web,
    resolution: 'STATIC',
    endpoints: [{ address: aim.evil.address }],
    ...spec,
  });

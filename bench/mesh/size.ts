import { Configuration } from './floor/configuration';
import { Pattern } from './patterns';
import { Cost } from '../../e2e/world/cost';

/** The proxies that are measured. */
export const PROXIES = ['client', 'bystander', 'gateway'] as const;
export type Proxy = (typeof PROXIES)[number];

/** What a proxy holds. */
export type Figures = Cost & { readonly memory: number };

/** What so many hosts add to a proxy of a mesh that has the gateway and no host. */
export interface Size {
  readonly pattern: Pattern;
  readonly hosts: number;
  readonly proxy: Proxy;
  readonly shape: string;
  readonly adds: Figures;
}

/** What istiod has sent to a gateway, without hosts and with all of them. */
export interface Sent {
  readonly empty: Configuration;
  readonly full: Configuration;
}

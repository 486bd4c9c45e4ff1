import { Construct } from 'constructs';
import { checkEnum } from '../options';

/** How far a namespace is on the way from open to closed. The three are meant to be taken in this order. */
export enum GuardMode {
  /**
   * No HTTP call is refused, and nothing that is not declared; what would be is logged: by sidecars, by exits of the same app, and
   * in the API server's audit log. Where the mesh is REGISTRY_ONLY, this **opens** the namespace for the time. TLS and TCP that are
   * declared through a gateway take their clients alone in every mode: a handshake cannot only be tried out. Where sidecars answer DNS
   * (`dnsProxying`), a host that is declared on some of its ports is reached on those alone: its name leads to an address of the mesh's.
   */
  OBSERVE = 'OBSERVE',

  /** As OBSERVE, and whoever applies a hand-written way out is warned. */
  WARN = 'WARN',

  /** Nothing leaves except what is declared. */
  ENFORCE = 'ENFORCE',
}

/** The mode of a guard, with one default for all of them: ENFORCE. @throws WrongType */
export function checkMode(scope: Construct, given: GuardMode = GuardMode.ENFORCE): GuardMode {
  return checkEnum(scope, 'mode', given, ['GuardMode', GuardMode]);
}

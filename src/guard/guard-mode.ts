import { Construct } from 'constructs';
import { EgressError } from '../errors';

/** How far a namespace is on the way from open to closed. The three are meant to be taken in this order. */
export enum GuardMode {
  /**
   * No HTTP call is refused, and nothing that is not declared; what would be is logged: by sidecars, by exits of the same app, and
   * in the API server's audit log. Where the mesh is REGISTRY_ONLY, this **opens** the namespace for the time. TLS and TCP that are
   * declared through a gateway take their clients alone in every mode: a handshake cannot only be tried out.
   */
  OBSERVE = 'OBSERVE',

  /** As OBSERVE, and whoever applies a hand-written way out is warned. */
  WARN = 'WARN',

  /** Nothing leaves except what is declared. */
  ENFORCE = 'ENFORCE',
}

/** What is no mode must not be taken for an open one. @throws WrongType */
export function checkMode(scope: Construct, mode: GuardMode): GuardMode {
  if (Object.values(GuardMode).includes(mode)) return mode;
  throw new EgressError('WrongType', scope, {
    what: '`mode` is no GuardMode',
    given: mode,
    allowed: Object.keys(GuardMode)
      .map((name) => `GuardMode.${name}`)
      .join(', '),
    fix: 'set `mode`',
  });
}

import { ACCOUNTABILITY, Accountability } from './accountability';
import { EGRESS_DESTINATION, EgressDestination } from '../destination/egress-destination';
import { Options } from '../options';
import { EgressClient } from '../policy/egress-client';
import { HttpRule } from '../policy/http-rule';

/** What an exit lets out, and for whom. */
export interface EgressGrantOptions extends EgressDestination, Accountability {
  /** Who may call. */
  readonly clients: EgressClient[];

  /**
   * Which HTTP calls pass.
   * @default - every call of the clients
   */
  readonly rules?: HttpRule[];
}

/** The options of this struct, and the kind of value that each takes. */
export const EGRESS_GRANT: Options<EgressGrantOptions> = {
  ...EGRESS_DESTINATION,
  ...ACCOUNTABILITY,
  clients: 'checked',
  rules: 'checked',
};

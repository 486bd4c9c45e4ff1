/** What a line of a proxy's access log says, as far as it is read here. What it does not say is undefined. */
export interface LogLine {
  /** Whose proxy it is; Istio's own formats do not say it. */
  readonly namespace?: string;
  readonly serviceAccount?: string;
  /** Whom the certificate of the hop names: only at exits. */
  readonly caller?: string;
  readonly method?: string;
  readonly authority?: string;
  readonly serverName?: string;
  readonly cluster?: string;
  readonly route?: string;
  readonly details?: string;
  readonly termination?: string;
  /** Why TLS with the caller failed. */
  readonly handshake?: string;
  /** Where the caller connected to, as address and port. */
  readonly destination?: string;
  /** The policy that let the call pass an exit. */
  readonly policy?: string;
  /** What policies that are only tried out would have done. */
  readonly trial?: string;
}

/** What Envoy writes where it has nothing to say. */
export const said = (value: unknown): string | undefined =>
  (typeof value === 'string' || typeof value === 'number') && value !== '-' && value !== '' ? String(value) : undefined;

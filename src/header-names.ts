/**
 * What belongs to one connection, or says where a message ends: proxies make these anew on each hop, and a message that says
 * otherwise is read by the next one as two, the second of which no policy has seen. In lower case.
 *
 * @see RFC 9110, 7.6.1 and 10.1.1; RFC 9112, 6
 */
export const OF_THE_CONNECTION =
  /^(connection|keep-alive|te|trailers?|transfer-encoding|upgrade|content-length|expect|http2-settings|proxy-.*)$/;

/** Names that every object of JavaScript has: cdk8s writes none of its own with them, or drops them. In lower case. */
export const UNWRITABLE = ['constructor', '__proto__'];

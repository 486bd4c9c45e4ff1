import { isSentOnPlainly } from '../destination/http-port';
import { Declaration } from '../exit/declaration';

/**
 * What cannot hold for names below a wildcard that a proxy looks up when a call comes, as a port or a setting of the declaration;
 * undefined where all of it can. Such a proxy goes by the name that the call says, and Istio ignores how to connect to it.
 */
export function beyondLookup({ ports, upstream }: Declaration): string | undefined {
  const bad = ports.find((port) => port.kind === 'tcp' || (port.kind === 'http' && !isSentOnPlainly(port)));
  if (bad) return `port ${bad.port}`;
  const { connectionLimits, outlierDetection, resolution } = upstream;
  const settings = { connectionLimits, outlierDetection, resolution: resolution === 'DNS' ? undefined : resolution };
  return Object.entries(settings).find(([, value]) => value !== undefined)?.[0];
}

/** What such names can be declared with. */
export const WITH_LOOKUP =
  'EgressPort.http in HTTP/1.1 and EgressPort.tlsPassthrough, without `resolution`, `connectionLimits` and `outlierDetection`';

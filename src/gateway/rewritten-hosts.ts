import { NO_ENVOY_HEADERS } from './pods/gateway-pods';
import { recordNote } from '../app/records';
import { listed } from '../app/report/lines';
import { httpPorts } from '../destination/egress-port';
import { OwnGatewayAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { calledAuthority, ownAuthority } from '../upstream/authorities';

/** What applications call instead of what the hosts know themselves by, where the two are not the same. */
export function rewrittenHosts({ hosts, upstreamHost, ports }: Declaration): string[] {
  return hosts.flatMap((host) =>
    httpPorts(ports)
      .filter((port) => calledAuthority(host, port) !== ownAuthority(upstreamHost ?? host, port))
      .map((port) => calledAuthority(host, port)),
  );
}

/**
 * Says what pods that exist already have to bring where the Host header is rewritten: nothing of this library can annotate them, and
 * without the annotation Envoy tells the external host what the application called.
 */
export function noteRewrites({ namespace, selector }: OwnGatewayAddress, declaration: Declaration): void {
  const called = rewrittenHosts(declaration);
  if (called.length === 0) return;
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const [[annotation, value]] = Object.entries(NO_ENVOY_HEADERS);
  recordNote(
    declaration.scope,
    `the upstream reads ${listed(called)} in x-envoy-original-host, unless the pods ${labels.join(', ')} in ${namespace} have the annotation ${annotation}: "${value}", or the mesh has that in defaultConfig`,
  );
}

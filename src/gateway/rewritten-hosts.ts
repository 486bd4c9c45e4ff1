import { NO_ENVOY_HEADERS } from './pods/gateway-pods';
import { listed, markNote } from '../app/summary';
import { httpPorts } from '../destination/egress-port';
import { OwnGatewayAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import { calledAuthority, ownAuthority } from '../upstream/authorities';

/**
 * Says what pods that exist already have to bring where the Host header is rewritten: nothing of this library can annotate them, and
 * without the annotation Envoy tells the external host what the application called.
 */
export function noteRewrites({ namespace, selector }: OwnGatewayAddress, declaration: Declaration): void {
  const { scope, hosts, upstreamHost, ports } = declaration;
  const called = hosts.flatMap((host) =>
    httpPorts(ports)
      .filter((port) => calledAuthority(host, port) !== ownAuthority(upstreamHost ?? host, port))
      .map((port) => calledAuthority(host, port)),
  );
  if (called.length === 0) return;
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const [[annotation, value]] = Object.entries(NO_ENVOY_HEADERS);
  markNote(
    scope,
    `${scope.node.path}: the upstream reads ${listed(called)} in x-envoy-original-host, unless the pods ${labels.join(', ')} in ${namespace} have the annotation ${annotation}: "${value}", or the mesh has that in defaultConfig`,
  );
}

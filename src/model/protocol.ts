/** How a port is spoken, as far as Istio treats ports differently. */
export type Protocol = 'http' | 'tls' | 'tcp' | 'udp' | 'unknown';

const HTTP = ['http', 'http2', 'http_proxy', 'grpc', 'grpc-web'];
const TLS = ['https', 'tls'];
const TCP = ['tcp', 'mongo', 'redis', 'mysql', 'hbone', 'double-hbone'];
const APP_PROTOCOLS: Record<string, Protocol> = {
  'kubernetes.io/h2c': 'http',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'tls',
};

/** Ports on which Istio does not look what is spoken: their servers speak first. */
const SERVER_FIRST = [25, 53, 3306, 27017];

/** The protocol that a Gateway or ServiceEntry names. @see pkg/config/protocol in istio/istio */
export function protocolNamed(name: string | undefined): Protocol {
  const lower = name?.toLowerCase() ?? '';
  if (HTTP.includes(lower)) return 'http';
  if (TLS.includes(lower)) return 'tls';
  if (TCP.includes(lower)) return 'tcp';
  return lower === 'udp' ? 'udp' : 'unknown';
}

/**
 * The protocol of a Kubernetes Service's port, by its `appProtocol`, or by the begin of its name; "unknown" is one that
 * sidecars find out by looking. @see ConvertProtocol in istio/istio, pkg/config/kube/conversion.go
 */
export function protocolOfServicePort(port: {
  number: number;
  name?: string;
  protocol?: string;
  appProtocol?: string;
}): Protocol {
  if (port.protocol === 'UDP') return 'udp';
  const app = port.appProtocol;
  if (app !== undefined && Object.hasOwn(APP_PROTOCOLS, app)) return APP_PROTOCOLS[app];
  const name = (app ?? port.name ?? '').toLowerCase();
  const protocol = protocolNamed(name.startsWith('grpc-web') ? 'grpc-web' : name.split('-')[0]);
  return protocol === 'unknown' && SERVER_FIRST.includes(port.number) ? 'tcp' : protocol;
}

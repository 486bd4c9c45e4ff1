import { LogLine, said } from './log-line';

/** Names of fields: ours, then those of Istio's default JSON format. */
const FIELDS: { [field in keyof LogLine]-?: string[] } = {
  namespace: ['namespace'],
  serviceAccount: ['service_account'],
  caller: ['caller', 'tunnel_caller'],
  method: ['method'],
  authority: ['host', 'authority'],
  serverName: ['server_name', 'requested_server_name'],
  cluster: ['cluster', 'upstream_cluster'],
  route: ['route', 'route_name'],
  details: ['details', 'response_code_details'],
  termination: ['termination', 'connection_termination_details'],
  handshake: ['handshake', 'downstream_transport_failure_reason'],
  destination: ['destination', 'downstream_local_address'],
  policy: ['policy'],
  trial: ['trial'],
};

/** A line in JSON, as this library's provider or Istio's default writes it; undefined for anything else. */
export function readJson(object: { [name: string]: unknown }): LogLine | undefined {
  const entries = Object.entries(FIELDS).map(([field, names]) => [
    field,
    names.map((name) => said(object[name])).find((value) => value !== undefined),
  ]);
  const line: LogLine = Object.fromEntries(entries);
  // Applications write JSON too.
  return line.destination !== undefined && 'bytes_sent' in object ? line : undefined;
}

import { Construct, IConstruct } from 'constructs';
import { Declaration } from './declaration';
import { HttpPort } from '../destination/egress-port';

const SUMMARY = Symbol.for('cdk8s-istio-egress.Summary');
const LISTED_HOSTS = 5;

/** Keeps the line that describes a declaration with the construct that made it. */
export function markSummary(construct: Construct, exit: ExitName, declaration: Declaration): void {
  (construct as any)[SUMMARY] = summaryLine(exit, declaration);
}

/** The lines of all declarations below a scope. */
export function summarize(scope: IConstruct): string[] {
  return scope.node.findAll().flatMap((node) => (SUMMARY in node ? [(node as any)[SUMMARY] as string] : []));
}

interface ExitName {
  readonly _owned?: unknown;
  readonly exitName: string;
  readonly namespace: string;
}

function summaryLine({ _owned, exitName, namespace }: ExitName, { scope, clients, hosts, ports }: Declaration): string {
  const more = hosts.length - LISTED_HOSTS;
  const where = hosts.slice(0, LISTED_HOSTS).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `${scope.node.path}: ${clients.join(', ')} → ${namespace}/${exitName} (mutual TLS) → ${where} (${ports.map(_owned ? portSummary : importedSummary).join('; ')})`;
}

function portSummary({ port, upstreamPort, tls }: HttpPort): string {
  if (!tls) return `HTTP ${port} → HTTP ${upstreamPort}, not encrypted beyond the exit`;
  const trust = tls.credentialName ? `credential ${tls.credentialName}` : "the system's CAs";
  return `HTTP ${port} → ${tls.mode === 'MUTUAL' ? 'mutual TLS' : 'TLS'} ${upstreamPort}, verified with ${trust}`;
}

/** What happens beyond somebody else's exit is his to say. */
function importedSummary({ port }: HttpPort): string {
  return `HTTP ${port}, beyond the exit as its owner grants`;
}

import { ReportedDeclaration, ReportedExitKind } from './reported-declaration';
import { ReportedEncryption, ReportedPort, ReportedProtocol } from './reported-port';
import { ReportedRule, ReportedRuleAction } from './reported-rule';
import { Accountability } from '../../exit/accountability';

const LISTED_HOSTS = 5;

/** A declaration as a line: who, through which exit, to where, how encrypted, which calls. */
export function lineOf(declaration: ReportedDeclaration): string {
  const { path, clients, hosts, upstreamHost, endpoints, ports, rules } = declaration;
  const who = clients.map(({ name }) => name).join(', ');
  const real = upstreamHost === undefined ? '' : `, which is ${upstreamHost}`;
  const at = endpoints ? ` at ${endpoints.join(', ')}` : '';
  const how = ports.map(portText).join('; ');
  return `${path}: ${who} → ${exitText(declaration)} → ${listed(hosts)}${real}${at} (${how})${rulesText(rules)}${whose(declaration)}`;
}

/** Who answers for it, behind what is let out. */
export function whose({ owner, reason, ticket, expires }: Accountability): string {
  const said = [
    owner === undefined ? [] : `owner ${owner}`,
    ticket === undefined ? [] : `ticket ${ticket}`,
    expires === undefined ? [] : `expires ${expires}`,
    reason === undefined ? [] : `reason: ${reason}`,
  ].flat();
  return said.length > 0 ? `, ${said.join(', ')}` : '';
}

/** The first of them. */
export function listed(hosts: string[]): string {
  const more = hosts.length - LISTED_HOSTS;
  return hosts.slice(0, LISTED_HOSTS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** How calls on a port go on beyond an exit. */
export function portText({ protocol, port, upstreamPort, beyond, verification }: ReportedPort): string {
  const called = `${protocol.toUpperCase()} ${port}`;
  if (beyond === undefined) return `${called}, beyond the exit as its owner grants`;
  if (protocol === ReportedProtocol.TLS) return `${called} → ${upstreamPort}, the application's own`;
  if (protocol === ReportedProtocol.TCP) return `${called} → ${upstreamPort}, as the application encrypts it`;
  if (!verification) return `${called} → HTTP ${upstreamPort}, not encrypted beyond the exit`;
  const tls = beyond === ReportedEncryption.MUTUAL_TLS ? 'mutual TLS' : 'TLS';
  const { credentialName } = verification;
  const trust = credentialName === undefined ? "the system's CAs" : `credential ${credentialName}`;
  return `${called} → ${tls} ${upstreamPort}, verified with ${trust}`;
}

/** An exit, and how calls travel to it. */
function exitText({ exit, ports, tellsCalledName }: ReportedDeclaration): string {
  const { kind, namespace, name, decidesForOthers, connectProxy } = exit;
  if (kind === ReportedExitKind.SIDECAR) {
    const told = '; unless their annotation or the mesh forbids it, Envoy tells the host which port was called';
    return `their own sidecars (not enforced: nobody checks who calls${tellsCalledName ? told : ''})`;
  }
  if (kind === ReportedExitKind.WAYPOINT) {
    return `${namespace}/${name} (waypoint, mutual TLS)${decidesForOthers ? '' : ", decided by its callers' namespace"}`;
  }
  const open = ports.filter(({ checksCaller }) => !checksCaller);
  const exception = open.map(({ port }) => `, but on port ${port} nobody checks who calls`).join('');
  const proxy = connectProxy === undefined ? '' : ` through ${connectProxy}`;
  return `${namespace}/${name} (mutual TLS${exception})${proxy}`;
}

function rulesText(rules: ReportedRule[]): string {
  const held = rules.filter(({ dryRun }) => !dryRun);
  const count = (action: ReportedRuleAction) => held.filter((rule) => rule.action === action).length;
  const [allow, deny] = [count(ReportedRuleAction.ALLOW), count(ReportedRuleAction.DENY)];
  const tried = rules.length - held.length;
  const only = allow > 0 ? `, only what ${allow === 1 ? 'a rule allows' : `${allow} rules allow`}` : '';
  const without = deny > 0 ? `, without what ${deny === 1 ? 'a rule denies' : `${deny} rules deny`}` : '';
  return only + without + (tried > 0 ? `, ${tried === 1 ? 'a rule is' : `${tried} rules are`} tried out` : '');
}

import { Construct, IConstruct } from 'constructs';
import { recordDeclared } from './declared';
import { calledProtocol, openPorts, ResolvedPort } from '../destination/egress-port';
import { ProxyAddress } from '../exit/address';
import { Declaration } from '../exit/declaration';
import type { EgressExit } from '../exit/egress-exit';
import { ListSlot } from '../slot';

const SUMMARY = new ListSlot<Line>('Summary');
const LISTED_HOSTS = 5;

/** Keeps a declaration for what has to know all of them, and the line that describes it with the construct that made it. */
export function markSummary(construct: Construct, exit: EgressExit, declaration: Declaration): void {
  recordDeclared(exit, declaration);
  SUMMARY.add(construct, () => summaryLine(exit, declaration));
}

/** Keeps a line of a construct's own. */
export function markNote(construct: Construct, line: string): void {
  SUMMARY.add(construct, () => line);
}

/** The lines of all declarations below a scope. */
export function summarize(scope: IConstruct): string[] {
  return SUMMARY.below(scope).map((line) => line());
}

/** Made when it is asked for: most processes only write manifests. */
type Line = () => string;

/** The first of them. */
export function listed(hosts: string[]): string {
  const more = hosts.length - LISTED_HOSTS;
  return hosts.slice(0, LISTED_HOSTS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function summaryLine(exit: EgressExit, declaration: Declaration): string {
  const { scope, clients, hosts, ports, upstreamHost, upstream } = declaration;
  const names = listed(hosts);
  const real = upstreamHost ? `, which is ${upstreamHost}` : '';
  const at = upstream.endpoints ? ` at ${upstream.endpoints.map(({ address }) => address).join(', ')}` : '';
  const [where, how, rules] = exit._grantsHere
    ? [names + real + at, ports.map(portSummary), ruleSummary(declaration)]
    : [names, ports.map(importedSummary), ''];
  return `${scope.node.path}: ${clients.join(', ')} → ${exit._describe(declaration)} → ${where} (${how.join('; ')})${rules}`;
}

/** An egress gateway, and how calls travel to it. */
export function describeGateway(
  { exitName, namespace, connectProxy }: DescribedGateway,
  { ports }: Declaration,
): string {
  const open = openPorts(ports);
  const exception = open.map(({ port }) => `, but on port ${port} nobody checks who calls`).join('');
  const proxy = connectProxy ? ` through ${connectProxy.host}:${connectProxy.port}` : '';
  return `${namespace}/${exitName} (mutual TLS${exception})${proxy}`;
}

interface DescribedGateway {
  readonly exitName: string;
  readonly namespace: string;
  readonly connectProxy?: ProxyAddress;
}

function ruleSummary({ rules }: Declaration): string {
  const held = rules.filter(({ dryRun }) => !dryRun);
  const count = (action: 'allow' | 'deny') => held.filter((rule) => rule.action === action).length;
  const [allow, deny, tried] = [count('allow'), count('deny'), rules.length - held.length];
  const only = allow > 0 ? `, only what ${allow === 1 ? 'a rule allows' : `${allow} rules allow`}` : '';
  const without = deny > 0 ? `, without what ${deny === 1 ? 'a rule denies' : `${deny} rules deny`}` : '';
  return only + without + (tried > 0 ? `, ${tried === 1 ? 'a rule is' : `${tried} rules are`} tried out` : '');
}

/** How calls on a port go on beyond an exit. */
export function portSummary(port: ResolvedPort): string {
  const { port: called, upstreamPort } = port;
  if (port.kind !== 'http') {
    const what = port.kind === 'tcp' ? 'as the application encrypts it' : "the application's own";
    return `${calledProtocol(port)} ${called} → ${upstreamPort}, ${what}`;
  }
  const { tls } = port;
  if (!tls) return `HTTP ${called} → HTTP ${upstreamPort}, not encrypted beyond the exit`;
  const trust = tls.credentialName ? `credential ${tls.credentialName}` : "the system's CAs";
  return `HTTP ${called} → ${tls.mode === 'MUTUAL' ? 'mutual TLS' : 'TLS'} ${upstreamPort}, verified with ${trust}`;
}

/** What happens beyond somebody else's exit is its owner's to say. */
function importedSummary(port: ResolvedPort): string {
  return `${calledProtocol(port)} ${port.port}, beyond the exit as its owner grants`;
}

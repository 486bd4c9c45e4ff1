import { ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { Accountability, checkAccountability } from './accountability';
import { checkAddresses } from '../destination/captured-addresses';
import { EgressDestination } from '../destination/egress-destination';
import { checkPorts, httpPorts, ResolvedPort } from '../destination/egress-port';
import { checkHost, checkHosts } from '../destination/host';
import { resolveUpstream, Upstream } from '../destination/upstream';
import { EgressError } from '../errors';
import { checkMetadata } from '../mesh/manifest';
import { checkClients, EgressClient } from '../policy/egress-client';
import { HttpRule, ResolvedHttpRule, resolveHttpRules } from '../policy/http-rule';

/** What may leave and who may send it, as given. */
export interface DeclarationProps extends EgressDestination, Accountability {
  readonly upstreamHost?: string;
  readonly clients: EgressClient[];
  readonly rules?: HttpRule[];
  readonly metadata?: ApiObjectMetadata;
}

/** A checked declaration, in the one form that exits work with. */
export interface Declaration {
  /** The construct that declares, for errors. */
  readonly scope: Construct;
  readonly hosts: string[];
  /** Where the hosts really are, if they are names of our own for an external host. */
  readonly upstreamHost?: string;
  readonly ports: ResolvedPort[];
  readonly upstream: Upstream;
  /** Where applications connect to the hosts on TCP ports, if it is said. */
  readonly addresses?: string[];
  readonly clients: EgressClient[];
  /** Which HTTP calls; without rules every one. */
  readonly rules: ResolvedHttpRule[];
  readonly metadata?: ApiObjectMetadata;
  /** Who answers for it; undefined if nothing of that is said. */
  readonly accountability?: Accountability;
}

/**
 * Checks all that can be known of a declaration by itself.
 * @param namespace Of the exit; empty for sidecars
 */
export function declare(scope: Construct, props: DeclarationProps, namespace: string): Declaration {
  const { addresses, rules } = props;
  const declaration = {
    scope,
    hosts: checkHosts(scope, props.hosts),
    upstreamHost: props.upstreamHost === undefined ? undefined : checkHost(scope, props.upstreamHost),
    ports: checkPorts(scope, props.ports, namespace),
    upstream: resolveUpstream(scope, props),
    addresses: addresses === undefined ? undefined : checkAddresses(scope, addresses),
    clients: checkClients(scope, props.clients),
    rules: rules === undefined ? [] : resolveHttpRules(scope, rules),
    metadata: checkMetadata(scope, props.metadata),
    accountability: saysWhose(props) ? checkAccountability(scope, props) : undefined,
  };
  checkAddressUse(declaration);
  checkRuleUse(declaration);
  return declaration;
}

function saysWhose({ owner, reason, ticket, expires }: Accountability): boolean {
  return [owner, reason, ticket, expires].some((field) => field !== undefined);
}

/** Whether it has TCP ports, on which nothing but addresses tells hosts apart. */
export function isOnTcp({ ports }: Pick<Declaration, 'ports'>): boolean {
  return ports.some(({ kind }) => kind === 'tcp');
}

/** Whether a declaration names credentials, which the exit shows to a host or verifies it by. */
export function namesCredentials({ ports }: Declaration): boolean {
  return httpPorts(ports).some(({ tls }) => tls?.credentialName !== undefined);
}

/** Refuses `addresses` where they would have no effect: they tell one host from others on TCP ports, and are for nothing else. */
function checkAddressUse(declaration: Declaration): void {
  const { scope, addresses, hosts } = declaration;
  if (!addresses) return;
  const onTcp = isOnTcp(declaration);
  if (onTcp && hosts.length === 1) return;
  throw new EgressError('AddressSyntax', scope, {
    what: onTcp
      ? 'one list of addresses cannot tell several hosts apart'
      : 'only TCP ports go by addresses: HTTP and TLS name their host in the call',
    given: addresses,
    allowed: '`addresses` with one host and a TCP port',
    fix: onTcp ? 'declare each host by itself, with its own addresses' : 'leave `addresses` out',
  });
}

/**
 * Refuses rules that would not hold: on opaque ports, where no proxy reads the calls, and for clients that the declaration does not
 * name.
 */
function checkRuleUse({ scope, rules, ports, clients }: Declaration): void {
  const known = clients.map(String);
  const stranger = rules.flatMap((rule) => rule.clients ?? []).find((client) => !known.includes(client));
  if (stranger !== undefined) {
    throw new EgressError('HttpRuleSyntax', scope, {
      what: 'a rule is about a client that the declaration does not name, and would not hold for it',
      given: stranger,
      allowed: `clients of the declaration, as they stand there: ${known.join(', ')}`,
      fix: 'name the client in `clients` too',
    });
  }
  const unread = ports.find(({ kind }) => kind !== 'http');
  if (rules.length === 0 || (httpPorts(ports).length > 0 && !unread)) return;
  throw new EgressError('HttpRuleSyntax', scope, {
    what: 'HTTP rules are declared for a port whose bytes nobody on the way reads, and would not hold there',
    given: `port ${unread?.port}`,
    allowed: 'rules with EgressPort.http and EgressPort.tlsOrigination only',
    fix: 'let the exit originate TLS, or leave `rules` out',
  });
}

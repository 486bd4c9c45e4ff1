import { domainToASCII } from 'node:url';
import { Construct } from 'constructs';
import { isNeverOutside, isBelow, isWildcard } from './host-names';
import { familyOf } from './ip-range';
import { EgressError, ErrorCode } from '../errors';
import { Mesh } from '../mesh/mesh';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The hosts of a destination in the form that manifests take: lower case, without a trailing dot, internationalized names
 * in their ASCII form, each once, in the order given.
 *
 * @throws HostsMissing, NotInline, HostSyntax, HostWildcard, HostIpAddress, HostInCluster, NotOutside
 */
export function checkHosts(scope: Construct, hosts: string[] | undefined): string[] {
  if (!Array.isArray(hosts) || hosts.length === 0) {
    throw new EgressError('HostsMissing', scope, {
      what: 'no host is given',
      given: hosts,
      allowed: 'at least one DNS name',
      fix: 'name the external hosts, as `hosts: ["api.example.com"]`',
    });
  }
  return [...new Set([...hosts].map((host) => checkHostPattern(scope, host)))];
}

/** A host, or a wildcard for the names below a domain of at least two labels. */
export function checkHostPattern(scope: Construct, given: string): string {
  if (typeof given !== 'string' || !isWildcard(given)) return checkHost(scope, given);
  const wildcard = `*.${checkHost(scope, given.slice(2))}`;
  checkOutside(scope, wildcard);
  if (isBelow(Mesh.of(scope).clusterDomain, wildcard)) {
    throw new EgressError('HostInCluster', scope, {
      what: "the wildcard also stands for the cluster's own Services",
      given,
      allowed: `a wildcard that the cluster's domain, ${Mesh.of(scope).clusterDomain}, is not below`,
      fix: 'list the hosts that are called, or a narrower domain',
    });
  }
  return wildcard;
}

/** One host in the form that manifests take. */
export function checkHost(scope: Construct, given: string): string {
  const refuse = (code: ErrorCode, what: string, fix: string) => {
    throw new EgressError(code, scope, { what, given, allowed: 'a DNS name such as "api.example.com"', fix });
  };
  if (typeof given !== 'string' || given.includes('${Token[')) {
    refuse('NotInline', 'the host is no plain string', 'pass the name itself: a lazy value or token is not known yet');
  }
  if (given.includes('*')) {
    refuse('HostWildcard', 'a wildcard cannot stand here', 'write "*." in front of a domain, only in `hosts`');
  }
  const address = /^\[(.*)\]$/.exec(given)?.[1] ?? given;
  // Checked before and after: "127.1" and "0x7f.1" only become addresses when they are read as a URL's host is.
  const host = isPlain(given) ? domainToASCII(given).replace(/\.$/, '') : '';
  const labels = host.split('.');
  if (
    host.length > 253 ||
    labels.length < 2 ||
    !labels.every((label) => LABEL.test(label)) ||
    /^\d+$/.test(labels.at(-1)!)
  ) {
    if (familyOf(address) || familyOf(host)) {
      refuse('HostIpAddress', 'the host is an IP address', 'call the service by a DNS name');
    }
    refuse('HostSyntax', 'the host is not a fully qualified DNS name', hostFix(given));
  }
  const cluster = Mesh.of(scope).clusterDomain;
  if (labels.at(-1) === 'svc' || host.endsWith(`.svc.${cluster}`) || host === cluster) {
    refuse(
      'HostInCluster',
      "the host is one of the cluster's own",
      'only what is outside the mesh is declared as egress',
    );
  }
  checkOutside(scope, host);
  return host;
}

/** @throws NotOutside */
function checkOutside(scope: Construct, host: string): void {
  if (!isNeverOutside(host)) return;
  throw new EgressError('NotOutside', scope, {
    what: 'the host is this machine, or a service in which clouds give credentials away',
    given: host,
    allowed: 'hosts outside of the cluster and of its machines',
    fix: 'leave it out: no exit leads there',
  });
}

/** Whether nothing in it has a meaning of its own in a URL: `domainToASCII` would silently drop or decode that. */
function isPlain(host: string): boolean {
  // eslint-disable-next-line no-control-regex
  return !/[\u0000-\u0020\u007f%/\\?#@:<>^|[\]]/.test(host);
}

function hostFix(given: string): string {
  if (given.includes('://')) return 'leave out the scheme and the path';
  if (/:\d+$/.test(given)) return 'leave out the port and set `port` instead';
  if (given.includes('/')) return 'leave out the path';
  if (given !== given.trim()) return 'remove the white space around it';
  if (!given.includes('.')) return 'write the full name: a name without a dot means a Service of the same namespace';
  return 'use labels of a-z, 0-9 and "-" (1 to 63 characters), separated by dots, 253 characters in all';
}

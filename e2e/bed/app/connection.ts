import { readFileSync } from 'node:fs';
import { Socket, connect } from 'node:net';
import { TLSSocket, connect as connectTls } from 'node:tls';
import { Call, bedError } from './call';

const DEFAULT_PORT: Record<string, number> = { http: 80, ws: 80, grpc: 80, https: 443, wss: 443, grpcs: 443, tls: 443 };
const TLS_SCHEMES = new Set(['https', 'wss', 'grpcs', 'tls']);

export interface Connection {
  readonly socket: Socket | TLSSocket;
  readonly url: URL;
  readonly from: string;
}

/** What is known of a call that has not come to its end. */
export interface Trace {
  /** The caller's side of the connection, once there is one. */
  from?: string;
  /** The other side of it. */
  to?: string;
  /** Gives the call up. */
  end?: () => void;
}

/** A pod's own /etc names the authorities that it trusts, as a container image does. */
const systemAuthorities = () => readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8');

async function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once(event, resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(bedError('BED_CLOSED', 'closed before it was open')));
  });
}

/** Connects as a call wants it, TLS included. The caller must end the socket. */
export async function open(call: Call, alpn: string[] | undefined, trace: Trace): Promise<Connection> {
  const url = new URL(call.url);
  const scheme = url.protocol.slice(0, -1);
  const host = call.connectTo?.host ?? url.hostname;
  const port = call.connectTo?.port ?? (Number(url.port) || DEFAULT_PORT[scheme]);
  if (!port) throw new Error(`no port in ${call.url}`);
  const plain = connect({ host, port });
  trace.end = () => plain.destroy();
  await opened(plain, 'connect');
  const from = `${plain.localAddress}:${plain.localPort}`;
  trace.from = from;
  trace.to = `${plain.remoteAddress}:${plain.remotePort}`;
  if (!TLS_SCHEMES.has(scheme)) return { socket: plain, url, from };
  const servername = call.sni ?? url.hostname;
  const isName = !/^[\d.]+$/.test(servername);
  const secure = connectTls({
    socket: plain,
    ...(isName && { servername }),
    ca: call.ca ?? systemAuthorities(),
    ...(alpn && { ALPNProtocols: alpn }),
    // The name to verify is the one in the URL, whatever the SNI says.
    checkServerIdentity: (_, certificate) =>
      names(certificate).some((name) => matches(name, url.hostname)) ? undefined : mismatch(url.hostname, certificate),
  });
  await opened(secure, 'secureConnect');
  return { socket: secure, url, from };
}

function names(certificate: { subjectaltname?: string }): string[] {
  return (certificate.subjectaltname ?? '').split(', ').map((entry) => entry.replace(/^DNS:/, ''));
}

function matches(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === host.toLowerCase();
  return host.toLowerCase().endsWith(pattern.slice(1)) && !host.slice(0, -pattern.length + 1).includes('.');
}

function mismatch(host: string, certificate: { subjectaltname?: string }): Error {
  const error = new Error(`certificate is for ${certificate.subjectaltname}, not for ${host}`);
  return Object.assign(error, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}

/** Who the server is, by its certificate. */
export function serverOf(socket: Socket | TLSSocket): { subject?: string; issuer?: string } | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const { subject, issuer } = socket.getPeerCertificate();
  return { subject: subject?.CN as string, issuer: issuer?.CN as string };
}

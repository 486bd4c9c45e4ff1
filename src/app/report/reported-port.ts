import { calledProtocol, ResolvedPort } from '../../destination/egress-port';
import type { EgressExit } from '../../exit/egress-exit';

/** What an application speaks on a port. */
export enum ReportedProtocol {
  /** HTTP, which the exit reads. */
  HTTP = 'http',

  /** TLS of the application's own, which the exit passes on as it is. */
  TLS = 'tls',

  /** Any other protocol, which the exit passes on as it is. */
  TCP = 'tcp',
}

/** How calls are encrypted on a part of their way. */
export enum ReportedEncryption {
  /** Not at all. */
  NONE = 'none',

  /** As the application does by itself: by its own TLS, or by whatever its protocol has. */
  APPLICATION = 'application',

  /** TLS by a proxy of the mesh, which verifies the server. */
  TLS = 'tls',

  /** Mutual TLS by a proxy of the mesh, which verifies the server and shows a certificate. */
  MUTUAL_TLS = 'mutual-tls',
}

/** How an exit verifies the external host. */
export interface ReportedVerification {
  /**
   * The Secret beside the exit that holds the CAs to trust and, for mutual TLS, the exit's certificate.
   * @default - the certificate authorities of the proxy image
   */
  readonly credentialName?: string;

  /**
   * Names of which the host's certificate must carry one.
   * @default - the host's own
   */
  readonly subjectAltNames?: string[];

  /**
   * Server name that the exit asks for in the handshake.
   * @default - the host's own
   */
  readonly sni?: string;
}

/** A port of the declared hosts, and how calls to it travel. */
export interface ReportedPort {
  /** What the application speaks. */
  readonly protocol: ReportedProtocol;

  /** The port that it calls. */
  readonly port: number;

  /**
   * How calls are encrypted between the caller's proxy and the exit.
   * @default - there is no such way: the exit is the caller's own sidecar
   */
  readonly hop?: ReportedEncryption;

  /** Whether the exit checks who calls. */
  readonly checksCaller: boolean;

  /**
   * The port of the external host.
   * @default - as the exit's owner grants, in another app
   */
  readonly upstreamPort?: number;

  /**
   * How calls are encrypted between the exit and the external host.
   * @default - as the exit's owner grants, in another app
   */
  readonly beyond?: ReportedEncryption;

  /**
   * How the exit verifies the host.
   * @default - the exit speaks no TLS of its own, or another app says it
   */
  readonly verification?: ReportedVerification;
}

const PROTOCOLS = { HTTP: ReportedProtocol.HTTP, TLS: ReportedProtocol.TLS, TCP: ReportedProtocol.TCP };

/** A port as an exit carries it. */
export function reportPort(exit: EgressExit, port: ResolvedPort): ReportedPort {
  const identified = port.kind !== 'open';
  const hop = identified ? ReportedEncryption.MUTUAL_TLS : ReportedEncryption.APPLICATION;
  const way = exit._kind === 'sidecar' ? { checksCaller: false } : { hop, checksCaller: identified };
  return { protocol: PROTOCOLS[calledProtocol(port)], port: port.port, ...way, ...(exit._grantsHere && beyond(port)) };
}

/** A port of an ingress gateway, which serves callers without checking who they are. */
export function reportOpenPort(port: ResolvedPort): ReportedPort {
  return { protocol: PROTOCOLS[calledProtocol(port)], port: port.port, checksCaller: false, ...beyond(port) };
}

function beyond(port: ResolvedPort): Pick<ReportedPort, 'upstreamPort' | 'beyond' | 'verification'> {
  const { kind, upstreamPort } = port;
  if (kind !== 'http') return { upstreamPort, beyond: ReportedEncryption.APPLICATION };
  if (!port.tls) return { upstreamPort, beyond: ReportedEncryption.NONE };
  const { mode, credentialName, subjectAltNames, sni } = port.tls;
  return {
    upstreamPort,
    beyond: mode === 'MUTUAL' ? ReportedEncryption.MUTUAL_TLS : ReportedEncryption.TLS,
    verification: { credentialName, subjectAltNames, sni },
  };
}

import { isIP } from 'node:net';

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** A DNS name of at least two labels, in small letters; undefined for anything else. Callers can claim any name they like. */
export function dnsName(text: string | undefined): string | undefined {
  const name = text?.toLowerCase().replace(/\.$/, '') ?? '';
  const labels = name.split('.');
  const valid =
    name.length <= 253 && labels.length > 1 && labels.every((label) => label.length < 64 && LABEL.test(label));
  return valid && isIP(name) === 0 && !/^\d+$/.test(labels.at(-1)!) ? name : undefined;
}

/** A name of a namespace or a service account; undefined for anything else. */
export function kubernetesName(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= 253 && text.split('.').every((label) => LABEL.test(label))
    ? text
    : undefined;
}

/** An address and a port, as "192.0.2.1:443" and "[2001:db8::1]:443"; undefined for anything else. */
export function endpoint(text: string | undefined): { address: string; port: number } | undefined {
  const match = /^\[?(?<address>[0-9a-f.:]+?)\]?:(?<port>\d{1,5})$/i.exec(text ?? '');
  if (!match || isIP(match.groups!.address) === 0) return undefined;
  return { address: match.groups!.address, port: Number(match.groups!.port) };
}

/** A Host header without its port, and the port. */
export function authority(text: string | undefined): { host?: string; port?: number } {
  const match = /^(?<host>[^:]*)(:(?<port>\d{1,5}))?$/.exec(text ?? '');
  return { host: match?.groups!.host, port: match?.groups!.port ? Number(match.groups!.port) : undefined };
}

/** Whether an address is one that is not on the internet. */
export function isPrivate(address: string): boolean {
  return /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe[89ab]|::1$)/i.test(
    address,
  );
}

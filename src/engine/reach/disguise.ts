import { Way } from './way';
import { Call } from '../question';

/** Something that a caller can connect to on his way. */
export interface Carrier {
  readonly from: string;
  readonly host: string;
  readonly port: number;
  readonly speaks: Way['speaks'];
  /** The pod that its calls leave from. */
  readonly exit: string;
}

/**
 * The calls by which somebody would try to get to a name by a connection that is for another one: the name as Host, as an absolute target
 * and as the server name, in every form that two readers could read differently.
 */
export function disguised(name: string, { from, host, port, speaks }: Carrier): Call[] {
  const connectTo = { host, port };
  if (speaks === 'http') {
    const url = `http://${host}:${port}/`;
    return [
      ...authorities(name, host, port).map((authority) => ({ from, url, connectTo, headers: { host: authority } })),
      ...[name, `${name}:${port}`, `${host}:${port}@${name}`].map((target) => ({
        from,
        url,
        connectTo,
        target: `http://${target}/`,
      })),
      ...(['1.1', '2'] as const).map((http) => ({ from, url: `http://${name}:${port}/`, connectTo, http })),
    ];
  }
  if (speaks === 'tls') {
    return serverNames(name, host, port).map((sni) => ({ from, url: `https://${host}:${port}/`, connectTo, sni }));
  }
  return [];
}

/** Forms of the Host header. */
function authorities(name: string, host: string, port: number): string[] {
  return [
    ...[
      name,
      `${name}:${port}`,
      `${name}:80`,
      `${name}:443`,
      name.toUpperCase(),
      `${name.toUpperCase()}:${port}`,
      `${name}.`,
      `${name}.:${port}`,
    ],
    ...[
      `${host}:${name}`,
      `${name}:${host}`,
      `${host}:${port}:${name}`,
      `${name}:${port}:${host}`,
      `${name}:${host}:${port}`,
      `${host}:${port}:${name}:${port}`,
    ],
    ...[
      `${name}:`,
      `${name}:0${port}`,
      `${name}:+${port}`,
      `${name}:${port}.${host}`,
      `${name}:${port}/.${host}`,
      `${host}:${port}.${name}`,
    ],
    ...[
      `.${name}`,
      `[${name}]`,
      `[${name}]:${port}`,
      `${host}@${name}`,
      `${name}@${host}`,
      `${host}:${port}@${name}:${port}`,
    ],
    ...[
      `${name},${host}`,
      `${host},${name}`,
      `${name} ${host}`,
      `${name}/.${host}`,
      `${name}#.${host}`,
      `${name}?.${host}`,
      `${name}%00.${host}`,
      `${name}\\.${host}`,
    ],
  ];
}

/** Forms of the server name. */
function serverNames(name: string, host: string, port: number): string[] {
  const mixed = name.replace(/[a-z]/g, (letter, at: number) => (at % 2 ? letter.toUpperCase() : letter));
  return [
    name,
    name.toUpperCase(),
    mixed,
    `${name}.`,
    `${name}:${port}`,
    `${name},${host}`,
    `${host},${name}`,
    `${name}/.${host}`,
    `outbound_.${port}_._.${name}`,
  ];
}

/** The names that an authority holds for somebody who reads it in one way or another. */
export const namesIn = (authority: string): string[] =>
  authority
    .toLowerCase()
    .split(/[^a-z0-9._-]+/)
    .filter(Boolean);

import { callerOf } from './way';

/** A pattern of callers: `namespace/account`, in which a star stands for any characters; a star alone is everybody. */
export class CallerPattern {
  private readonly namespace: string;
  private readonly account: string;

  /** @throws Error of one sentence */
  public constructor(text: string) {
    const [, namespace, account] = /^([a-z0-9*.-]+)\/([a-z0-9*.-]+)$/.exec(text === '*' ? '*/*' : text) ?? [];
    if (namespace === undefined) {
      throw new Error(`Callers are namespace/account, in which * stands for any, not '${text}'.`);
    }
    [this.namespace, this.account] = [namespace, account];
  }

  /** Whether a caller is among them. Everybody of a namespace is, as soon as anybody is: some of them fit the pattern. */
  public touches(caller: string): boolean {
    const [namespace, account] = caller.split('/');
    return glob(this.namespace, namespace) && (account === '*' ? this.mayBeUnnamed : glob(this.account, account));
  }

  /** Whether a caller is wholly among them. */
  public covers(caller: string): boolean {
    const [namespace, account] = caller.split('/');
    return glob(this.namespace, namespace) && (account === '*' ? this.account === '*' : glob(this.account, account));
  }

  /** A caller whom the pattern itself names, whether or not manifests know him; undefined where it names no namespace. */
  public get named(): string | undefined {
    if (this.namespace.includes('*')) return undefined;
    return callerOf(`${this.namespace}/${this.account.includes('*') ? '*' : this.account}`);
  }

  /** A named account is asked for by its name: that those who are not named reach something says nothing of it. */
  private get mayBeUnnamed(): boolean {
    return this.account.includes('*');
  }
}

/** A pattern of hosts: a name, `*.parent` for all below it, or a star for all; and a port, or every one. */
export class HostPattern {
  public readonly host: string;
  public readonly port?: number;

  /** @throws Error of one sentence */
  public constructor(text: string) {
    const [, host, port] = /^(\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::(\d+|\*))?$/i.exec(text) ?? [];
    if (host === undefined) throw new Error(`Hosts are a name, *.name or *, and perhaps a port, not '${text}'.`);
    if (port !== undefined && port !== '*' && !(Number(port) >= 1 && Number(port) <= 65535)) {
      throw new Error(`'${text}': there is no port ${port}.`);
    }
    this.host = host.toLowerCase();
    this.port = port === undefined || port === '*' ? undefined : Number(port);
  }

  /** Whether a name is one of them. */
  public has(name: string): boolean {
    const plain = name.toLowerCase().replace(/\.$/, '');
    return this.host === '*' || (this.host.startsWith('*.') ? plain.endsWith(this.host.slice(1)) : plain === this.host);
  }

  /** Whether all names of a host, which may be a wildcard, on a port are among them. */
  public covers(host: string, port: number): boolean {
    return this.fits(port) && (host === '*' ? this.host === '*' : this.has(host));
  }

  public fits(port: number): boolean {
    return this.port === undefined || this.port === port;
  }

  /** A name that is both one of them and of a host, which may be a wildcard; undefined where there is none. */
  public common(host: string): string | undefined {
    if (host === '*') return this.sample;
    if (!host.startsWith('*.')) return this.has(host) ? host : undefined;
    const parent = host.slice(1);
    if (this.host === '*') return `any${parent}`;
    if (!this.host.startsWith('*.')) return this.host.endsWith(parent) ? this.host : undefined;
    const own = this.host.slice(1);
    if (own.endsWith(parent)) return `any${own}`;
    return parent.endsWith(own) ? `any${parent}` : undefined;
  }

  /** One of the names. */
  public get sample(): string {
    if (this.host === '*') return 'undeclared.example';
    return this.host.startsWith('*.') ? `any${this.host.slice(1)}` : this.host;
  }
}

function glob(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

/** A rule: `callers -> hosts`. */
export interface Rule {
  readonly text: string;
  readonly callers: CallerPattern;
  readonly hosts: HostPattern;
}

/** @throws Error of one sentence */
export function readRule(text: string): Rule {
  const parts = text.split('->').map((part) => part.trim());
  if (parts.length !== 2) {
    throw new Error(`A rule is 'callers -> hosts', as 'orders/* -> *.example.com', not '${text.trim()}'.`);
  }
  return { text: text.trim(), callers: new CallerPattern(parts[0]), hosts: new HostPattern(parts[1]) };
}

/** The rules of a file: one on each line; what follows a # is for readers. @throws Error that names the line, or says that there is none */
export function readRules(file: string, text: string): Rule[] {
  const rules = text.split('\n').flatMap((line, index) => {
    const content = line.replace(/#.*/, '').trim();
    if (content === '') return [];
    try {
      const rule = readRule(content);
      if (!/:(\d+|\*)$/.test(content)) throw new Error(`a port is needed, or :* for every one, in '${content}'`);
      return [rule];
    } catch (error) {
      throw new Error(`${file}:${index + 1}: ${(error as Error).message}`);
    }
  });
  if (rules.length === 0) throw new Error(`${file} has no line that allows anything.`);
  return rules;
}

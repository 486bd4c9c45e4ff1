import { Caller, CallKind, Missing } from './judge';

/** Calls of a host on a port. */
export interface MissingPort {
  readonly kind: CallKind;
  readonly port: number;
  readonly callers: Map<string, Caller>;
  calls: number;
  refused: number;
}

/** A host that is missing, over all who call it. */
export interface MissingHost {
  readonly host: string;
  readonly ports: Map<string, MissingPort>;
  readonly addresses: Set<string>;
  /** Whether ServiceEntries lead there already. */
  direct: boolean;
}

/** An address of which no name was seen. */
export interface MissingAddress {
  readonly address: string;
  readonly port: number;
  readonly callers: Map<string, Caller>;
  calls: number;
}

/** Clients that a declaration lacks. */
export interface MissingClient {
  readonly kind: CallKind;
  readonly host: string;
  readonly port: number;
  /** Undefined where the log does not say who called. */
  readonly caller?: Caller;
  calls: number;
  refused: number;
}

/** How a caller is written. */
export const callerName = ({ namespace, serviceAccount }: Caller): string => `${namespace}/${serviceAccount ?? '*'}`;

/** Stands beside namespaces, and is the name of none. */
const KUBERNETES_API = '(Kubernetes API)';

/** Adds up what lines say is missing. */
export class Tally {
  private readonly byHost = new Map<string, MissingHost>();
  private readonly byAddress = new Map<string, MissingAddress>();
  private readonly byClient = new Map<string, MissingClient>();
  private readonly byNamespace = new Map<string, Set<string>>();

  public add(missing: Missing): void {
    if (missing.what === 'inCluster') {
      const { caller, namespace } = missing;
      entryOf(this.byNamespace, caller.namespace, () => new Set<string>()).add(namespace);
    } else if (missing.what === 'kubernetesApi') {
      entryOf(this.byNamespace, missing.caller.namespace, () => new Set<string>()).add(KUBERNETES_API);
    } else if (missing.what === 'client') {
      const { caller, kind, host, port } = missing;
      const key = `${host}:${port} ${caller ? callerName(caller) : ''}`;
      count(
        entryOf(this.byClient, key, () => ({ kind, host, port, caller, calls: 0, refused: 0 })),
        missing.refused,
      );
    } else if (missing.host === undefined) {
      this.addAddress(missing.address!, missing.port, missing.caller);
    } else {
      this.addHost(missing.host, missing);
    }
  }

  /** Whether nothing is missing. What is called in the cluster has to be said, not declared. */
  public get isEmpty(): boolean {
    return this.byHost.size + this.byAddress.size + this.byClient.size === 0;
  }

  /** By name. */
  public get hosts(): MissingHost[] {
    return sorted(this.byHost);
  }

  /** By address and port. */
  public get addresses(): MissingAddress[] {
    return sorted(this.byAddress);
  }

  /** By host, port and caller. */
  public get clients(): MissingClient[] {
    return sorted(this.byClient);
  }

  /** The namespaces that each namespace calls, both sorted; itself as ".". And whether it calls the Kubernetes API. */
  public get inCluster(): { namespace: string; called: string[]; kubernetesApi: boolean }[] {
    return [...this.byNamespace.keys()].sort().map((namespace) => {
      const called = [...this.byNamespace.get(namespace)!];
      return {
        namespace,
        called: called
          .filter((name) => name !== KUBERNETES_API)
          .map((name) => (name === namespace ? '.' : name))
          .sort(),
        kubernetesApi: called.includes(KUBERNETES_API),
      };
    });
  }

  private addHost(host: string, missing: Extract<Missing, { what: 'declaration' }>): void {
    const { kind, port, caller, address, refused, direct } = missing;
    const known = entryOf(this.byHost, host, () => ({
      host,
      ports: new Map<string, MissingPort>(),
      addresses: new Set<string>(),
      direct: false,
    }));
    if (address !== undefined) known.addresses.add(address);
    known.direct ||= direct;
    const make = () => ({ kind, port, callers: new Map<string, Caller>(), calls: 0, refused: 0 });
    const onPort = entryOf(known.ports, `${port} ${kind}`, make);
    onPort.callers.set(callerName(caller), caller);
    count(onPort, refused);
  }

  private addAddress(address: string, port: number, caller: Caller): void {
    const known = entryOf(this.byAddress, `${address}:${port}`, () => ({
      address,
      port,
      callers: new Map(),
      calls: 0,
    }));
    known.callers.set(callerName(caller), caller);
    known.calls++;
  }
}

function entryOf<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function count(counted: { calls: number; refused: number }, refused: boolean): void {
  counted.calls++;
  if (refused) counted.refused++;
}

const sorted = <T>(map: Map<string, T>): T[] => [...map.keys()].sort().map((key) => map.get(key)!);

import { Answer, Arrival, Call, Hop, Reference, Tls, Verdict } from './question';

/** What becomes of a call, told to somebody who does not know Istio. Sentences have no full stop; names in them are as in the input. */
export interface Story {
  readonly verdict: Verdict;
  /** Who calls what. */
  readonly call: string;
  /** What it comes to. */
  readonly outcome: string[];
  readonly steps: Step[];
}

/** What happens at one proxy. */
export interface Step {
  readonly who: string;
  readonly decided: Decision[];
  readonly then?: string;
}

/** What one object decides. */
export interface Decision {
  readonly object: string;
  readonly does: string;
  /** Where its manifest stands, if that is a file. */
  readonly at?: string;
}

/** Tells an answer. */
export function storyOf(call: Call, answer: Answer): Story {
  const { hops } = answer;
  const isHttp = /^(http|ws|grpc)/.test(call.url);
  return {
    verdict: answer.verdict,
    call: `${call.from} → ${isHttp ? `${call.method ?? 'GET'} ` : ''}${call.url}`,
    outcome: outcome(answer, call.url.startsWith('tcp:')),
    steps: hops.map((hop, index) => ({
      who: arrival(hop, index),
      decided: (hop.decided ?? []).map(decision),
      then: then(hop, hops[index + 1], answer),
    })),
  };
}

function outcome({ verdict, reason, status, arrives }: Answer, isBytes: boolean): string[] {
  const closed = verdict === 'refused' ? ['its connection is closed'] : [];
  const gets = status === undefined ? closed : [`the caller gets HTTP status ${status}`];
  if (verdict === 'allowed' && arrives) return where(arrives, isBytes);
  if (verdict === 'failed') return [`nothing refuses it, and yet it does not get there: ${reason}`, ...gets];
  return [reason, ...gets];
}

function where(arrives: Arrival, isBytes: boolean): string[] {
  const { outside, host, port, from, pod, identity } = arrives;
  if (!outside) {
    const by = identity === undefined ? [] : [`the workload is told that it comes from ${named(identity)}`];
    return [`it stays in the mesh, and reaches ${pod ?? host} on port ${port}`, ...by];
  }
  return [`it leaves the mesh to ${host}:${port}, from ${from}`, encryption(arrives, isBytes)];
}

/** What somebody on the way outside can do. */
function encryption({ encryption: by, verified, serverName }: Arrival, isBytes: boolean): string {
  switch (by) {
    case 'exit':
      return verified
        ? `it is encrypted from there on, and the server has to prove that it is ${serverName}`
        : 'it is encrypted from there on, but nobody verifies who the server is: whoever is on the way can pass for it';
    case 'caller':
      return "it is encrypted by the caller itself: no proxy reads it, and to verify the server is the caller's part";
    case 'none':
      return isBytes
        ? 'no proxy encrypts it: unless the caller does, whoever is on the way can read and change it'
        : 'it is not encrypted: whoever is on the way can read and change it';
  }
}

const PROXIES = {
  sidecar: 'the sidecar of',
  ztunnel: 'ztunnel beside',
  waypoint: 'the waypoint',
  gateway: 'the gateway',
} as const;

function arrival({ kind, pod, sees }: Hop, index: number): string {
  const proxy = `${PROXIES[kind]} ${pod}`;
  if (index === 0) return `${proxy} takes the call over`;
  if (sees !== undefined) return `${proxy} receives it, and knows that it comes from ${named(sees)}`;
  return `${proxy} receives it, and does not know from whom it comes`;
}

const DOES: { readonly [does: string]: string } = {
  routes: 'says where it goes',
  connects: 'says how to connect there',
  allows: 'allows it',
  refuses: 'refuses it',
  'does not allow': 'does not allow it',
};

function decision({ object, does, file, line }: Reference): Decision {
  return {
    object: titleOf(object),
    does: DOES[does] ?? does,
    ...(file && { at: line === undefined ? file : `${file}:${line}` }),
  };
}

/** `Kind/namespace/name`, as people write it. */
export function titleOf(object: string): string {
  const [kind, ...names] = object.split('/');
  return `${kind} ${names.filter(Boolean).join('/')}`;
}

function then(hop: Hop, next: Hop | undefined, { verdict, reason, arrives }: Answer): string | undefined {
  if (!next && (verdict === 'refused' || verdict === 'failed')) return `here it ends: ${reason}`;
  if (hop.to === undefined) return undefined;
  const port = hop.to.split(':').pop();
  const away = arrives?.outside ? `${arrives.host}:${arrives.port}` : hop.to;
  const to = next ? `${PROXIES[next.kind]} ${next.pod}, port ${port}` : away;
  if (hop.cluster === 'PassthroughCluster') {
    return `no object is about this call, and the mesh lets such calls out as they are (ALLOW_ANY): it connects to ${to}`;
  }
  return `it connects to ${to}${hop.tls ? tls(hop.tls) : ', and encrypts nothing itself'}`;
}

function tls({ certificate, serverName, authority, names = [] }: Tls): string {
  if (certificate === 'default' && names.every((name) => name.startsWith('spiffe://'))) {
    const who = names.length > 0 ? names.map(named).join(' or ') : 'whoever is of the mesh';
    return `, by mutual TLS of the mesh: it shows its own identity, and accepts as the other side only ${who}`;
  }
  const shows = certificate ? ` it shows ${certificate === 'default' ? 'its own identity' : secret(certificate)};` : '';
  return `, by TLS${serverName ? ` for the server name ${serverName}` : ''}:${shows} ${verification(authority, names)}`;
}

function verification(authority: string | undefined, names: string[]): string {
  if (!authority) return 'it accepts any certificate, whoever made it and whatever name it is for';
  const by = authorities(authority);
  if (names.length === 0) return `it accepts every certificate that ${by} signed, whatever name it is for`;
  return `it accepts only a certificate for ${names.map(named).join(' or ')} that ${by} signed`;
}

function authorities(name: string): string {
  if (name === 'ROOTCA') return "the mesh's own CA";
  if (name === 'file-root:system') return 'a CA that the system trusts';
  return name.startsWith('file-root:') ? `a CA of the file ${name.slice(10)}` : `a CA of ${secret(name)}`;
}

function secret(name: string): string {
  return name.startsWith('kubernetes://') ? `Secret ${name.slice(13)}` : name;
}

/** An identity, by its service account. */
function named(identity: string): string {
  const [, namespace, account] = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(identity) ?? [];
  return account === undefined ? identity : `service account ${namespace}/${account}`;
}

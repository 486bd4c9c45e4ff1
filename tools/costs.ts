/** What the library costs its users, in the few lines with which `docs/benchmarks.md` begins: figures of `bench/results`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const OURS = 'cdk8s-istio-egress';

const results = (part: string): any =>
  JSON.parse(readFileSync(join(__dirname, '../bench/results', `${part}.json`), 'utf8'));

const kilobytes = (bytes: number) => `${Number((bytes / 1000).toPrecision(2))} kB`;

/** Memory for each host, among the most that were measured. */
function memory(proxy: string, shape: string): (pattern: string) => number {
  const { sizes } = results('mesh');
  const most = Math.max(...sizes.map(({ hosts }: any) => hosts));
  return (pattern) => {
    const same = (size: any) =>
      size.shape === shape && size.pattern === pattern && size.proxy === proxy && size.hosts === most;
    return sizes.find(same).adds.memory / most;
  };
}

function perCall(): string {
  const { rows } = results('latency');
  const waysOf = (name: string, pattern: string) =>
    rows.find((row: any) => row.way === name && row.pattern === pattern);
  const patterns: string[] = ['http', 'tls-origination', 'tls-passthrough', 'tcp'];
  const more = patterns.map((pattern) => {
    const { p50 } = waysOf('this library', pattern).milliseconds;
    return p50.median - waysOf('direct path, no proxy', pattern).milliseconds.p50.median;
  });
  const overHandWritten = patterns.map((pattern) => waysOf('this library', pattern).toHandWritten.p50.median);
  const between = (values: number[], digits: number) =>
    `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
  return `- **A call through a gateway** takes ${between(more, 1)} ms more than without any proxy, ${between(overHandWritten, 2)} times what Istio's documentation takes by hand.`;
}

function synthesis(): string {
  const { rows } = results('synthesis');
  const row = rows.find(
    (one: any) => one.case === 'this library, a declaration per host' && one.hosts === 10_000 && one.namespaces === 1,
  );
  return `- **Synthesis** of 10,000 hosts takes ${row.seconds.median.toFixed(0)} s and ${row.mebibytes.median.toFixed(0)} MiB.`;
}

function proxies(): string[] {
  const [client, theirs, gateway, floor] = [
    memory('client', OURS),
    memory('client', 'documentation'),
    memory('gateway', OURS),
    memory('gateway', 'floor'),
  ];
  const [origination, passthrough, http] = ['tls-origination', 'tls-passthrough', 'http'];
  return [
    `- **A sidecar that may call** holds ${kilobytes(client(origination))} of memory for a host by HTTP or TLS origination (Istio's documentation: ${kilobytes(theirs(origination))}), ${kilobytes(client(passthrough))} by TLS passthrough (${kilobytes(theirs(passthrough))}). **Other sidecars** hold nothing for it.`,
    `- **A pod of the gateway** holds ${kilobytes(gateway(http))} for a host by HTTP, ${kilobytes(gateway(origination))} by TLS origination, ${kilobytes(gateway(passthrough))} by TLS passthrough: ${[http, origination, passthrough].map((pattern) => (gateway(pattern) / floor(pattern)).toFixed(1)).join(', ')} times the least that Envoy needs for the same policy.`,
  ];
}

export const costs = (): string => [perCall(), ...proxies(), synthesis()].join('\n');

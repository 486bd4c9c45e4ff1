import { NODE } from '../bed/layout';
import { run } from '../bed/process';

/** Milliseconds without anything sent after which istiod has no more to say: it gathers changes for 100 ms before it sends them. */
export const QUIET = 500;

const KINDS = ['cluster', 'listener', 'route', 'endpoint'];

/** What istiod last sent to each proxy, as text to compare, and the proxies that have not accepted it yet. */
export async function syncState(): Promise<{ sent: string; behind: string[] }> {
  const { stdout } = await run(['curl', '-sf', 'http://127.0.0.1:8080/debug/syncz'], { netns: NODE });
  const proxies = (JSON.parse(stdout) ?? []) as Record<string, string>[];
  const nonces = (proxy: Record<string, string>, what: string) =>
    KINDS.map((kind) => proxy[`${kind}_${what}`]).join(' ');
  return {
    sent: proxies
      .map((proxy) => `${proxy.proxy} ${nonces(proxy, 'sent')}`)
      .sort() // istiod lists them in any order
      .join('\n'),
    behind: proxies.filter((proxy) => nonces(proxy, 'sent') !== nonces(proxy, 'acked')).map(({ proxy }) => proxy),
  };
}

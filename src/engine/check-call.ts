import { Call } from './question';

const SCHEMES = ['http', 'https', 'ws', 'wss', 'grpc', 'grpcs', 'tls', 'tcp'];

/** Refuses what is no call: an answer about it would look like one about the mesh. @throws Error of one sentence */
export function checkCall({ from, url, http }: Call): void {
  if (!/^[^/\s]+\/[^/\s]+$/.test(from)) {
    throw new Error(`A caller is namespace/workload or namespace/account, not ${from}.`);
  }
  const [, scheme] = /^([a-z]+):\/\/[^\s/]/.exec(url) ?? [];
  if (!SCHEMES.includes(scheme) || !URL.canParse(url)) {
    throw new Error(`${url} is no URL that can be called: it begins with ${SCHEMES.join(', ')} and ://.`);
  }
  if (scheme === 'tcp' && new URL(url).port === '') throw new Error(`${url} needs a port.`);
  if (http !== undefined && !['1.1', '2'].includes(http)) {
    throw new Error(`HTTP has the versions 1.1 and 2, not ${http}.`);
  }
}

/** The price of the hop: latency and throughput of a call through each pattern, beside a call straight to the server. */
import { Part } from '../part';

export const latency: Part = {
  missing: () =>
    process.platform === 'linux' && process.getuid?.() === 0
      ? undefined
      : 'the test bed makes network namespaces: it needs Linux and root',
  run: async () => Promise.resolve(),
};

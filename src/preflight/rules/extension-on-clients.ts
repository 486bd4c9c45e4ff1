import { contextOf } from './extensions';
import { Finding } from '../finding';
import { Context } from '../rule';

/** An EnvoyFilter that changes how sidecars of a client's namespace send calls. */
export function* extensionOnClients({ world, clientCalls }: Context): Iterable<Finding> {
  const clients = new Set(clientCalls.map(({ namespace }) => namespace));
  for (const extension of world.extensions) {
    const { manifest, namespace } = extension;
    if (world.isOurs(extension) || manifest.kind !== 'EnvoyFilter' || !contextOf(extension, 'SIDECAR_OUTBOUND')) {
      continue;
    }
    const everywhere = namespace === world.settings.rootNamespace;
    const touched = [...clients].filter((client) => everywhere || client === namespace);
    if (touched.length === 0) continue;
    yield {
      code: 'ExtensionOnClients',
      severity: 'warning',
      object: manifest,
      what: "it changes how sidecars of our clients' namespaces send calls, and so may change ours",
      fix: 'try our calls with it',
      affects: touched,
    };
  }
}

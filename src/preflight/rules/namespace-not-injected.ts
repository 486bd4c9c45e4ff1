import { Manifest } from '../../model/manifest';
import { Finding, nameOf } from '../finding';
import { Context } from '../rule';
import { World } from '../world';

/** A namespace in which pods get no proxy: the exit's own pods cannot start, and clients are refused at the exit. */
export function* namespaceNotInjected({ world, clientCalls }: Context): Iterable<Finding> {
  const clients = new Set(clientCalls.filter(({ via }) => !via.exportTo.everywhere).map(({ namespace }) => namespace));
  for (const object of world.namespaceObjects) {
    const injected = object.labels['istio-injection'];
    const gateways = world.workloads.filter(
      (pods) => world.isOurs(pods) && pods.injected && pods.namespace === object.name,
    );
    if (injected === 'disabled' && gateways.length > 0) {
      yield finding(
        object,
        'error',
        "it is labelled istio-injection=disabled: the exit's pods get no proxy, and do not start",
        gateways,
      );
    }
    if (
      !clients.has(object.name) ||
      injected === 'enabled' ||
      object.labels['istio.io/rev'] ||
      injectsItself(world, object)
    ) {
      continue;
    }
    yield finding(
      object,
      'warning',
      'its pods get no sidecar, as far as its labels say: they do not see our routes, and the exit refuses them',
      [],
    );
  }
}

function finding(object: Manifest, severity: Finding['severity'], what: string, of: { manifest: Manifest }[]): Finding {
  const fix = 'label it istio-injection=enabled, or istio.io/rev with the revision of the mesh';
  const affects = of.map(({ manifest }) => nameOf(manifest));
  return { code: 'NamespaceNotInjected', severity, object, what, fix, affects };
}

function injectsItself(world: World, { name }: Manifest): boolean {
  return world.workloads.some(
    ({ namespace, labels }) =>
      namespace === name && (labels['sidecar.istio.io/inject'] === 'true' || labels['istio.io/rev'] !== undefined),
  );
}

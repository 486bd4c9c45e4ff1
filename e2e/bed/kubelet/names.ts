import { KubeObject } from '../api';
import { setNames } from '../control/dns';

/** Gives every Service its name in DNS: its own address, or those of its ready pods when it is headless. */
export async function reconcileNames(services: KubeObject[], slices: KubeObject[]): Promise<void> {
  const names: Record<string, string[]> = {};
  const add = (service: KubeObject, addresses: string[]) => {
    const { name, namespace } = service.metadata;
    for (const suffix of ['svc.cluster.local', 'svc']) names[`${name}.${namespace}.${suffix}`] = addresses;
  };
  for (const service of services) {
    const address = service.spec.clusterIP;
    if (address && address !== 'None') {
      add(service, [address]);
    } else if (address === 'None') {
      const own = slices.filter(
        ({ metadata }) =>
          metadata.namespace === service.metadata.namespace &&
          metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
      );
      const ready = own
        .flatMap((slice: any) => slice.endpoints ?? [])
        .filter((endpoint: any) => endpoint.conditions?.ready !== false);
      add(
        service,
        ready.flatMap((endpoint: any) => endpoint.addresses),
      );
    }
  }
  await setNames('services', names);
}

import { KubeObject } from '../api';
import { NODE } from '../layout';
import { run } from '../process';

const CHAIN = 'BED-SERVICES';
let written = '';

/** The rules by which a call to a Service's address reaches one of its endpoints, evenly. */
function rulesOf(service: KubeObject, slices: KubeObject[]): string[] {
  const address = service.spec.clusterIP;
  if (!address || address === 'None') return [];
  return (service.spec.ports ?? []).flatMap((port: any) => {
    const protocol = (port.protocol ?? 'TCP').toLowerCase();
    const targets = slices
      .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
      .flatMap((slice: any) => {
        const target = slice.ports?.find((candidate: any) => (candidate.name ?? '') === (port.name ?? ''))?.port;
        const ready = (slice.endpoints ?? []).filter((endpoint: any) => endpoint.conditions?.ready !== false);
        return target
          ? ready.flatMap((endpoint: any) => endpoint.addresses.map((ip: string) => `${ip}:${target}`))
          : [];
      });
    return targets.map((target, index) => {
      const share = `-m statistic --mode random --probability ${(1 / (targets.length - index)).toFixed(6)}`;
      return `-A ${CHAIN} -d ${address}/32 -p ${protocol} --dport ${port.port} ${share} -j DNAT --to-destination ${target}`;
    });
  });
}

/** Plays kube-proxy on the node: Service addresses become endpoints for whoever calls without a proxy. */
export async function reconcileTranslation(services: KubeObject[], slices: KubeObject[]): Promise<void> {
  const rules = services.flatMap((service) =>
    rulesOf(
      service,
      slices.filter((slice) => slice.metadata.namespace === service.metadata.namespace),
    ),
  );
  const table = [
    '*nat',
    `:${CHAIN} - [0:0]`,
    ':PREROUTING ACCEPT [0:0]',
    `-A PREROUTING -j ${CHAIN}`,
    ...rules,
    'COMMIT',
    '',
  ];
  const text = table.join('\n');
  if (text === written) return;
  await run(['iptables-restore'], { netns: NODE, input: text });
  written = text;
}

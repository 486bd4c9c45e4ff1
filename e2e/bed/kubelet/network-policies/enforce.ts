import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Cluster } from './openings';
import { TABLE, tableOf } from './table';
import { KubeObject, api } from '../../api';
import { FILES, NODE } from '../../layout';
import { run } from '../../process';

/** The rules that are in force now, as text. */
export function rulesInForce(): string {
  return existsSync(FILES.networkPolicies) ? readFileSync(FILES.networkPolicies, 'utf8') : '';
}

const placed = (pods: KubeObject[]) => pods.filter(({ status }) => status?.podIP);

/** Plays the network plugin: puts the rules of all NetworkPolicies in force at once, if they change. */
export async function enforcePolicies({ policies, namespaces, pods }: Cluster): Promise<void> {
  const table = tableOf({ policies, namespaces, pods: placed(pods) });
  if (table === rulesInForce()) return;
  await run(['nft', '-f', '-'], { netns: NODE, input: `table ${TABLE}\ndelete table ${TABLE}\n${table}` });
  writeFileSync(FILES.networkPolicies, table);
}

/** Whether the rules in force are those that the objects of the API come to now. */
export async function policiesAreEnforced(): Promise<boolean> {
  const policies = await api.list('/apis/networking.k8s.io/v1/networkpolicies');
  const inForce = rulesInForce();
  if (!policies.length) return inForce === '';
  const [namespaces, pods] = await Promise.all([api.list('/api/v1/namespaces'), api.list('/api/v1/pods')]);
  return inForce === tableOf({ policies, namespaces, pods: placed(pods) });
}

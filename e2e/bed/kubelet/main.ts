/**
 * Plays the kubelet, kube-proxy and the controllers that the bed needs, over what the API server holds: Deployments become pods, pods
 * become network namespaces with processes in them, Services get their EndpointSlices, names and address translation,
 * NetworkPolicies become rules of the node's firewall. It runs in the node's network and is ended with it.
 */
import { KubeObject } from '../api';
import { Parts } from '../parts';
import { reconcileAutoscaler } from './autoscalers';
import { collectPods, reconcileDeployment } from './deployments';
import { collectOfGateways } from './gateways';
import { Informer, keyOf } from './informer';
import { reconcileNames } from './names';
import { reconcileNamespaces } from './namespaces';
import { enforcePolicies } from './network-policies/enforce';
import { RunningPod } from './pods';
import { reconcileEndpoints } from './services';
import { reconcileTranslation } from './translation';

const parts = JSON.parse(process.argv[2]) as Parts;

let dirty = true;
let wake: () => void = () => undefined;
const changed = () => {
  dirty = true;
  wake();
};

const informers = {
  namespaces: new Informer('/api/v1/namespaces', changed),
  accounts: new Informer('/api/v1/serviceaccounts', changed),
  deployments: new Informer('/apis/apps/v1/deployments', changed),
  pods: new Informer('/api/v1/pods', changed),
  autoscalers: new Informer('/apis/autoscaling/v2/horizontalpodautoscalers', changed),
  services: new Informer('/api/v1/services', changed),
  slices: new Informer('/apis/discovery.k8s.io/v1/endpointslices', changed),
  policies: new Informer('/apis/networking.k8s.io/v1/networkpolicies', changed),
  gateways: new Informer('/apis/gateway.networking.k8s.io/v1/gateways', changed),
};

const running = new Map<string, RunningPod>();

/** Says what went wrong and goes on: the next round tries again. */
async function attempt(what: string, action: () => Promise<unknown>) {
  try {
    await action();
  } catch (error) {
    process.stdout.write(`${new Date().toISOString()} ${what}: ${error instanceof Error ? error.message : error}\n`);
    setTimeout(changed, 300);
  }
}

function end(id: string, name: string, pod: RunningPod) {
  void attempt(`end pod ${name}`, async () => {
    await pod.stop();
    running.delete(id);
    changed(); // its name is free now
  });
}

/** Whether an earlier pod of that name is still here: deleted by force, it is gone from the API before it is gone from the machine. */
function isNameTaken(name: string): boolean {
  return [...running.values()].some((pod) => pod.name === name);
}

/** Ends what is to go, and gives what is to come its place; answers with the latter, which have not been started yet. */
function placePods(): [id: string, pod: RunningPod][] {
  const fresh: [string, RunningPod][] = [];
  const ids = new Set(informers.pods.all().map((pod) => pod.metadata.uid));
  // Deleted by force: the object is gone before its processes.
  for (const [id, pod] of running) if (!ids.has(id)) end(id, id, pod);
  for (const pod of informers.pods.all()) {
    const id = pod.metadata.uid!;
    const present = running.get(id);
    if (present) present.update(pod);
    if (pod.metadata.deletionTimestamp && present) {
      end(id, keyOf(pod), present);
    } else if (!present && !pod.metadata.deletionTimestamp && !pod.status?.podIP && !isNameTaken(keyOf(pod))) {
      const placed = new RunningPod(pod, parts);
      running.set(id, placed);
      fresh.push([id, placed]);
    }
  }
  return fresh;
}

function start(id: string, pod: RunningPod) {
  void attempt(`start pod ${pod.name}`, async () => {
    await pod.start();
    void tend(id, pod);
  });
}

/** The pods with their addresses, also those of which the API server has not been told yet. */
function addressed(): KubeObject[] {
  return informers.pods.all().map((pod) => {
    const present = running.get(pod.metadata.uid!);
    return present ? { ...pod, status: { ...pod.status, podIP: present.address } } : pod;
  });
}

/** Looks after one pod until it is gone. */
async function tend(id: string, pod: RunningPod) {
  while (running.get(id) === pod) {
    await attempt('tend a pod', async () => pod.tend());
    await new Promise((resolve) => setTimeout(resolve, pod.isReady ? 500 : 100));
  }
}

async function reconcile() {
  const { namespaces, accounts, deployments, autoscalers, pods, services, slices, policies, gateways } = informers;
  await attempt('namespaces', async () => reconcileNamespaces(namespaces.all(), accounts.objects));
  for (const autoscaler of autoscalers.all()) {
    await attempt(`HorizontalPodAutoscaler ${keyOf(autoscaler)}`, async () =>
      reconcileAutoscaler(autoscaler, deployments.all()),
    );
  }
  for (const deployment of deployments.all()) {
    const namespace = namespaces.objects.get(`/${deployment.metadata.namespace}`);
    if (!namespace) continue; // its labels decide about proxies, and the news of it is still on its way
    await attempt(`Deployment ${keyOf(deployment)}`, async () =>
      reconcileDeployment(deployment, pods.all(), namespace),
    );
  }
  await attempt('pods without owner', async () => collectPods(pods.all(), deployments.all()));
  await attempt('objects of Gateways', async () => {
    await collectOfGateways(deployments.all(), 'Deployment', gateways.all());
    await collectOfGateways(services.all(), 'Service', gateways.all());
    await collectOfGateways(accounts.all(), 'ServiceAccount', gateways.all());
  });
  const fresh = placePods();
  // Before a pod runs, what its policies forbid is closed.
  await attempt('NetworkPolicies', async () =>
    enforcePolicies({ policies: policies.all(), namespaces: namespaces.all(), pods: addressed() }),
  );
  for (const [id, pod] of fresh) start(id, pod);
  await attempt('EndpointSlices', async () => reconcileEndpoints(services.all(), pods.all(), slices.all()));
  await attempt('Service addresses', async () => reconcileTranslation(services.all(), slices.all()));
  await attempt('names', async () => reconcileNames(services.all(), slices.all()));
}

async function main() {
  for (const informer of Object.values(informers)) await informer.start();
  for (;;) {
    dirty = false;
    await reconcile();
    // Changes come in bursts: one round serves a burst.
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (!dirty) await new Promise<void>((resolve) => (wake = resolve));
  }
}

void main();

import { KubeObject, api } from '../bed/api';
import { ISTIOD, netnsOf } from '../bed/control/system-pods';
import { run } from '../bed/process';

/** Milliseconds without anything sent after which istiod has no more to say about what it knows: it gathers changes for 20 ms. */
export const QUIET = 250;

async function askIstiod(what: string): Promise<any> {
  const { stdout } = await run(['curl', '-sf', `http://127.0.0.1:8080/debug/${what}`], { netns: netnsOf(ISTIOD) });
  return JSON.parse(stdout);
}

/** The mesh configuration that istiod goes by, as text to compare: it looks at its file now and then. */
export async function meshConfigInUse(): Promise<string> {
  return JSON.stringify(await askIstiod('mesh'));
}

/** Collections of what istiod shows as it is in the API, with their kinds; others it translates. */
const CONFIGURATION: Record<string, string> = {
  'networking.istio.io/v1/serviceentries': 'ServiceEntry',
  'networking.istio.io/v1/virtualservices': 'VirtualService',
  'networking.istio.io/v1/destinationrules': 'DestinationRule',
  'networking.istio.io/v1/gateways': 'Gateway',
  'networking.istio.io/v1/sidecars': 'Sidecar',
  'networking.istio.io/v1/workloadentries': 'WorkloadEntry',
  'networking.istio.io/v1alpha3/envoyfilters': 'EnvoyFilter',
  'security.istio.io/v1/authorizationpolicies': 'AuthorizationPolicy',
  'security.istio.io/v1/peerauthentications': 'PeerAuthentication',
  'security.istio.io/v1/requestauthentications': 'RequestAuthentication',
  'telemetry.istio.io/v1/telemetries': 'Telemetry',
  'gateway.networking.k8s.io/v1/httproutes': 'HTTPRoute',
};

const kindOf = ({ apiVersion, kind }: KubeObject) => `${apiVersion} ${kind}`;

const SHOWN = new Set(
  Object.entries(CONFIGURATION).map(([path, kind]) => `${path.slice(0, path.lastIndexOf('/'))} ${kind}`),
);

/** Names an object in its present version. */
function versionOf(object: KubeObject): string {
  const { namespace, name, resourceVersion } = object.metadata;
  return `${kindOf(object)} ${namespace}/${name}, version ${resourceVersion}`;
}

/** Objects that istiod has not heard of in their present version, and those that it still knows though they are gone. */
export async function unheard(): Promise<string[]> {
  const collections = Object.keys(CONFIGURATION).map(async (path) => api.list(`/apis/${path}`));
  const [known, ...lists] = await Promise.all([askIstiod('configz') as Promise<KubeObject[]>, ...collections]);
  // An object with a revision may be meant for another istiod; one without a version is made by istiod itself.
  const present = lists.flat().filter(({ metadata }) => !metadata.labels?.['istio.io/rev']);
  const heard = known.filter((object) => SHOWN.has(kindOf(object)) && object.metadata.resourceVersion);
  const [inApi, inIstiod] = [new Set(present.map(versionOf)), new Set(heard.map(versionOf))];
  return [
    ...[...inApi].filter((version) => !inIstiod.has(version)),
    ...[...inIstiod].filter((version) => !inApi.has(version)),
  ];
}

interface Proxy {
  readonly proxy: string;
  /** By type: what was sent to it and what it has accepted. */
  readonly resources?: Record<string, { sent?: string; acked?: string }>;
}

/** What istiod last sent to each proxy, as text to compare, and the proxies that have not accepted it yet. */
export async function syncState(): Promise<{ sent: string; behind: string[] }> {
  const proxies = ((await askIstiod('syncz')) ?? []) as Proxy[];
  const nonces = ({ resources = {} }: Proxy, what: 'sent' | 'acked') =>
    Object.keys(resources)
      .sort()
      .map((type) => resources[type][what])
      .join(' ');
  return {
    sent: proxies
      .map((proxy) => `${proxy.proxy} ${nonces(proxy, 'sent')}`)
      .sort() // istiod lists them in any order
      .join('\n'),
    behind: proxies.filter((proxy) => nonces(proxy, 'sent') !== nonces(proxy, 'acked')).map(({ proxy }) => proxy),
  };
}

import { parse } from 'yaml';
import { Manifest } from './manifest';
import { Value } from './value';

/** The flag of istiod by which a Gateway reaches pods of its own namespace only. */
export const SCOPE_FLAG = 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE';

/** Whether this is where istiod reads the mesh's configuration: the ConfigMap `istio`, or `istio-REVISION`. */
export function isMeshConfig({ group, kind, name, body }: Manifest): boolean {
  return group === '' && kind === 'ConfigMap' && /^istio(-|$)/.test(name) && body.at('data', 'mesh').exists;
}

/** Configuration of the mesh or of a proxy, which stands in YAML as a text. */
export function parsed(text = ''): Value {
  try {
    return new Value(parse(text, { logLevel: 'silent' }));
  } catch {
    return new Value(undefined); // Istio refuses it as well, and keeps its defaults.
  }
}

/** Whether this is istiod's Deployment. */
export function isControlPlane({ kind, body, spec }: Manifest): boolean {
  return kind === 'Deployment' && (body.at('metadata', 'labels').map.app === 'istiod' || runsDiscovery(spec));
}

function runsDiscovery(spec: Value): boolean {
  return spec.at('template', 'spec', 'containers').items.some((container) => container.at('name').text === 'discovery');
}

/** What istiod's Deployment says of its environment; variables that the cluster fills in are left out. */
export function environmentOf({ spec }: Manifest): Record<string, string> {
  return variables(spec.at('template', 'spec', 'containers').items.flatMap((container) => container.at('env').items));
}

/** A list of `name` and `value`, as containers have it. */
export function variables(list: Value[]): Record<string, string> {
  const entries = list.map((entry) => [entry.at('name').text, entry.at('value').text] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => !entry.includes(undefined)));
}

/** How Go reads a flag of istiod. */
export const isOn = (value = ''): boolean => /^(1|t|true)$/i.test(value);

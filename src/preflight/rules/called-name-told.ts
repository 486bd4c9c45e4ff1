import { parsed } from '../../model/control-plane';
import { Value } from '../../model/value';
import { podsName } from '../exits';
import { Finding } from '../finding';
import { Context } from '../rule';

/**
 * Where a route rewrites the Host header, Envoy adds `x-envoy-original-host` after it has removed headers, unless the proxy's own
 * configuration says otherwise.
 */
export function* calledNameTold({ world, exits }: Context): Iterable<Finding> {
  const { configs } = world.settings;
  if (configs.length > 0 && configs.every(({ mesh }) => isHidden(mesh.at('defaultConfig')))) return;
  for (const exit of exits) {
    const { workload, routes } = exit;
    if (!workload || isHidden(parsed(workload.annotations['proxy.istio.io/config']))) continue;
    const told = routes.filter((via) => world.isOurs(via) && via.routes.some(({ rewritesHost }) => rewritesHost));
    if (told.length === 0) continue;
    yield {
      code: 'CalledNameTold',
      severity: 'warning',
      object: workload.manifest,
      what: `${podsName(exit)} tells upstreams the name and port that applications called, in x-envoy-original-host`,
      fix: 'give its pods the annotation proxy.istio.io/config: "proxyHeaders: { envoyDebugHeaders: { disabled: true } }"',
      affects: told.flatMap(({ hosts }) => hosts),
    };
  }
}

function isHidden(proxyConfig: Value): boolean {
  return proxyConfig.at('proxyHeaders', 'envoyDebugHeaders', 'disabled').raw === true;
}

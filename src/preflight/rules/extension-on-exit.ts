import { contextOf } from './extensions';
import { holdsFor } from './policies';
import { podsName } from '../exits';
import { Finding } from '../finding';
import { Context } from '../rule';

/** An EnvoyFilter or WasmPlugin that changes the exit's own Envoy: what it does there, no reader of manifests can tell. */
export function* extensionOnExit({ world, exits }: Context): Iterable<Finding> {
  for (const exit of exits) {
    for (const extension of world.extensions) {
      if (world.isOurs(extension) || !holdsFor(world, extension, exit) || !contextOf(extension, 'GATEWAY')) continue;
      yield {
        code: 'ExtensionOnExit',
        severity: 'warning',
        object: extension.manifest,
        what: `it changes the Envoy of ${podsName(exit)}, and so may change or refuse our calls`,
        fix: 'give it a selector that the pods of the exit do not match, or try our calls with it',
        affects: [podsName(exit)],
      };
    }
  }
}

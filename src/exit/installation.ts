import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { App, Yaml } from 'cdk8s';
import { IConstruct } from 'constructs';
import { EgressError } from '../errors';

const FILES = Symbol.for('cdk8s-istio-egress.InstallationFiles');

/** What a construct needs besides manifests. */
export interface InstallationPart {
  /** An IstioOperator file, by the name of its gateway. */
  readonly operator?: { readonly name: string; readonly content: () => unknown };
  /** An entry for `extensionProviders` of the mesh configuration. */
  readonly extensionProvider?: unknown;
}

/** Keeps a part with the construct that needs it. */
export function markInstallation(construct: IConstruct, part: InstallationPart): void {
  (construct as any)[FILES] = [...((construct as any)[FILES] ?? []), part];
}

/**
 * What must be installed but is no manifest: settings of the mesh that a gateway relies on, and IstioOperator files. They are
 * written beside the manifests, never among them, where Flux would apply them.
 */
export class Installation {
  /**
   * Writes what the constructs below a scope need: `mesh-config.yaml`, to be merged into the mesh's configuration, and
   * `<gateway>.istio-operator.yaml` for each gateway, to be read by `istioctl manifest generate`. To be called after
   * everything is declared. Returns the paths of the files.
   *
   * @throws InstallationFolder if the folder lies inside the app's output
   */
  public static write(scope: IConstruct, folder: string): string[] {
    const root = scope.node.root;
    const target = resolve(folder);
    if (App.isConstruct(root) && 'outdir' in root) {
      const inside = relative(resolve((root as App).outdir), target);
      if (!inside.startsWith('..')) {
        throw new EgressError('InstallationFolder', scope.node.path || '(app)', {
          what: 'the folder lies in the output of the app, where Flux would apply the files as manifests',
          given: folder,
          allowed: `a folder outside of ${(root as App).outdir}`,
          fix: 'choose another folder, as "install"',
        });
      }
    }
    const parts = scope.node
      .findAll()
      .flatMap((node) => ((node as any)[FILES] as InstallationPart[] | undefined) ?? []);
    const providers = parts.flatMap(({ extensionProvider }) => extensionProvider ?? []);
    const files: [string, unknown][] = parts.flatMap(({ operator }) =>
      operator ? [[`${operator.name}.istio-operator.yaml`, operator.content()] as [string, unknown]] : [],
    );
    if (providers.length > 0) files.push(['mesh-config.yaml', { extensionProviders: providers }]);
    if (files.length > 0) mkdirSync(target, { recursive: true });
    return files.map(([name, content]) => {
      const path = join(target, name);
      // Without what is undefined, which YAML would write as null.
      writeFileSync(path, Yaml.stringify(JSON.parse(JSON.stringify(content))));
      return path;
    });
  }

  private constructor() {}
}

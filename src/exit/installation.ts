import { mkdirSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { App, Yaml } from 'cdk8s';
import { IConstruct } from 'constructs';
import { EgressError } from '../errors';

const FILES = Symbol.for('cdk8s-istio-egress.InstallationFiles');

/** What a construct needs besides manifests. */
export interface InstallationPart {
  /** An IstioOperator file, by the name of its gateway. */
  readonly operator?: { readonly name: string; readonly content: () => unknown };
  /** An entry for `extensionProviders` of the mesh configuration. */
  readonly extensionProvider?: { readonly name: string; readonly [field: string]: unknown };
  /** A namespace whose ServiceEntries ambient workloads of every namespace shall know, and no other's. */
  readonly publicServiceEntries?: string;
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
   * @throws DuplicateObject if two entries for the mesh configuration have one name, which istiod would refuse as a whole
   */
  public static write(scope: IConstruct, folder: string): string[] {
    const root = scope.node.root;
    const target = resolve(folder);
    if (App.isConstruct(root) && 'outdir' in root) {
      if (isInside(resolve((root as App).outdir), target)) {
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
    const files: [string, unknown][] = parts.flatMap(({ operator }) =>
      operator ? [[`${operator.name}.istio-operator.yaml`, operator.content()] as [string, unknown]] : [],
    );
    const meshConfig = { ...extensionProviders(scope, parts), ...serviceEntryVisibility(parts) };
    if (Object.keys(meshConfig).length > 0) files.push(['mesh-config.yaml', meshConfig]);
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

function isInside(folder: string, path: string): boolean {
  const [first] = relative(folder, path).split(sep);
  return first !== '..' && !isAbsolute(first);
}

function extensionProviders(scope: IConstruct, parts: InstallationPart[]): object {
  const providers = parts.flatMap(({ extensionProvider }) => extensionProvider ?? []);
  const names = providers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new EgressError('DuplicateObject', scope.node.path || '(app)', {
      what: 'two entries for the mesh configuration have one name, and istiod would refuse the whole configuration',
      given: twice,
      allowed: 'one extension provider of a name',
      fix: 'give one of the gateways or logs another name',
    });
  }
  return providers.length > 0 ? { extensionProviders: providers } : {};
}

/**
 * Ambient ignores `exportTo`: of all ServiceEntries for a host the oldest counts for everybody, also one that merely leads a
 * namespace's sidecars. Since Istio 1.31 the mesh can say whose count beyond their own namespace.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
function serviceEntryVisibility(parts: InstallationPart[]): object {
  const namespaces = [...new Set(parts.flatMap(({ publicServiceEntries }) => publicServiceEntries ?? []))].sort();
  if (namespaces.length === 0) return {};
  const policies = namespaces.map((name) => ({
    visibility: 'PUBLIC',
    matchingRules: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }],
  }));
  return { serviceEntryVisibility: { defaultVisibility: 'NAMESPACE', policies } };
}

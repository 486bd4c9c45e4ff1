import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { environmentOf, isControlPlane, isMeshConfig, parsed, SCOPE_FLAG, variables } from '../model/control-plane';
import { Other, readDocuments } from '../model/documents';
import { Manifest, Source } from '../model/manifest';
import { Value } from '../model/value';

/** What one document says of the mesh. */
export interface Statement {
  /** For a reader: the object or the file, and where it stands. */
  readonly title: string;
  readonly source: Source;
  /** The mesh configuration as YAML, and the same as it is read. */
  readonly mesh?: { readonly text: string; readonly value: Value };
  /** The environment of istiod: all of it from its Deployment, from others what they set. Undefined where they set nothing. */
  readonly environment?: Record<string, string>;
}

/** The kinds of manifests that say something of the mesh. */
export const STATING_KINDS: ReadonlySet<string> = new Set(['ConfigMap', 'Deployment', 'IstioOperator']);

/** What stands in no file has no line. */
const place = ({ file, line }: Source) => (line === 0 ? file : `${file}:${line}`);

/** The files that hold a mesh configuration and nothing around it, as `Installation.write` names it. */
const MESH_FILE = /^mesh(-config)?\.ya?ml$/;

/** What manifests and other documents say of the mesh. */
export function statementsOf(manifests: Manifest[], others: Other[]): Statement[] {
  return [...manifests.flatMap(ofManifest), ...others.flatMap(ofOther)].filter(
    ({ mesh, environment }) => mesh ?? environment,
  );
}

/** What a file says of the mesh that a user names as its configuration. @throws Error if it is none */
export function statementsOfFile(file: string): Statement[] {
  const text = readFileSync(file, 'utf8');
  const { manifests, others, unreadable } = readDocuments(file, text, (kind) => STATING_KINDS.has(kind));
  const [broken] = unreadable;
  if (broken) throw new Error(`${file}:${broken.line}:${broken.column}: ${broken.reason}`);
  const found = statementsOf(manifests, others);
  if (found.length > 0) return found;
  if (manifests.length > 0 || others.length > 1 || /^kind:/m.test(text)) {
    throw new Error(
      `${file} is no mesh configuration: no ConfigMap istio, IstioOperator, values of istiod, or MeshConfig`,
    );
  }
  return [bare(new Value(parse(text)), { file, line: 1 }, text)];
}

function ofManifest(manifest: Manifest): Statement[] {
  const { kind, namespace, name, source, body, spec } = manifest;
  const title = `${kind} ${namespace}/${name} (${place(source)})`;
  if (isMeshConfig(manifest)) {
    const text = body.at('data', 'mesh').text!;
    return [{ title, source, mesh: { text, value: parsed(text) } }];
  }
  if (isControlPlane(manifest)) return [{ title, source, environment: environmentOf(manifest) }];
  return kind === 'IstioOperator' ? [ofOperator(spec, place(source), source)] : [];
}

function ofOperator(spec: Value, title: string, source: Source): Statement {
  const environment = {
    ...spec.at('values', 'pilot', 'env').map,
    ...variables(spec.at('components', 'pilot', 'k8s', 'env').items),
  };
  return {
    title,
    source,
    mesh: meshIn(spec.at('meshConfig')) ?? meshIn(spec.at('values', 'meshConfig')),
    environment: some(environment),
  };
}

const some = (environment: Record<string, string>) => (Object.keys(environment).length > 0 ? environment : undefined);

/** What istioctl reads, which needs no name; values for Helm's chart `istiod`, or for an umbrella of it. */
function ofOther({ body, source }: Other): Statement[] {
  const title = place(source);
  if (body.at('kind').text === 'IstioOperator') return [ofOperator(body.at('spec'), title, source)];
  if (MESH_FILE.test(basename(source.file))) return [bare(body, source)];
  const environment = { ...body.at('env').map, ...body.at('pilot', 'env').map };
  return body.at('meshConfig').exists || SCOPE_FLAG in environment
    ? [{ title, source, mesh: meshIn(body.at('meshConfig')), environment: some(environment) }]
    : [];
}

function bare(value: Value, source: Source, text = JSON.stringify(value.raw)): Statement {
  return { title: place(source), source, mesh: { text, value } };
}

function meshIn(value: Value): Statement['mesh'] {
  return value.exists ? { text: JSON.stringify(value.raw), value } : undefined;
}

import { parse } from 'yaml';
import { ApiError, api } from '../bed/api';
import { eventually } from '../bed/poll';

/** The field manager of what is applied, as Flux has one. */
export const MANAGER = 'egress-bed';

interface Resource {
  name: string;
  kind: string;
  namespaced: boolean;
}

const known = new Map<string, Promise<Resource[]>>();

async function resourcesOf(apiVersion: string): Promise<Resource[]> {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const found = known.get(apiVersion) ?? api.json<{ resources: Resource[] }>(root).then(({ resources }) => resources);
  known.set(apiVersion, found);
  return found;
}

/** Where the API serves the object that a document describes. */
async function pathOf(document: string): Promise<string> {
  const { apiVersion, kind, metadata } = parse(document);
  const resource = (await resourcesOf(apiVersion)).find(({ kind: its, name }) => its === kind && !name.includes('/'));
  if (!resource) throw new Error(`the API serves no kind ${kind} in ${apiVersion}`);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  return `${root}${within}/${resource.name}/${metadata.name}`;
}

/** Whether the API server had nobody to ask: istiod, whose webhook decides, is being started again. */
const isUnasked = (error: unknown) =>
  error instanceof ApiError && error.status === 500 && error.message.includes('failed calling webhook');

/**
 * Applies a document on the server side, exactly as it was written: the API reads YAML. A field that nobody knows is an error. While istiod
 * is away it tries again, as Flux does.
 */
export async function applyDocument(document: string): Promise<void> {
  const query = `fieldManager=${MANAGER}&force=true&fieldValidation=Strict`;
  const path = `${await pathOf(document)}?${query}`;
  const request = { method: 'PATCH', text: document, contentType: 'application/apply-patch+yaml' };
  const refused = await eventually<{ error?: unknown }>('istiod to validate', async () => {
    try {
      await api.text(path, request);
      return {};
    } catch (error) {
      if (isUnasked(error)) throw error;
      return { error };
    }
  });
  if (refused.error) throw refused.error;
}

/** Deletes what a document names, and waits until it is gone; what is gone already is no failure. */
export async function deleteDocument(document: string): Promise<void> {
  const path = await pathOf(document);
  await api.maybe(path, { method: 'DELETE' });
  await eventually(`${path} to go`, async () => !(await api.maybe(path)), { within: 60_000, every: 50 });
}

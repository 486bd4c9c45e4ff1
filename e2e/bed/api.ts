import { Agent, IncomingMessage, request } from 'node:http';
import { FILES } from './layout';

/** A Kubernetes object, as the API serves it. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    resourceVersion?: string;
    generation?: number;
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
    ownerReferences?: { uid: string; kind: string; name: string }[];
    [key: string]: unknown;
  };
  spec?: any;
  status?: any;
  data?: any;
  [key: string]: unknown;
}

/** An answer of the API server that is not a success. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export interface ApiRequest {
  readonly method?: string;
  readonly body?: unknown;
  /** The body as it is, in place of `body`. */
  readonly text?: string;
  readonly contentType?: string;
}

async function send(path: string, options: ApiRequest): Promise<IncomingMessage> {
  const body = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  // Node sends a DELETE's body without saying how long it is.
  const headers =
    body === undefined
      ? {}
      : { 'content-type': options.contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: FILES.api, agent, path, method: options.method ?? 'GET', headers }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function text(path: string, options: ApiRequest = {}): Promise<string> {
  const response = await send(path, options);
  let answer = '';
  response.setEncoding('utf8');
  for await (const chunk of response) answer += chunk;
  const status = response.statusCode ?? 0;
  if (status >= 300) {
    throw new ApiError(status, `${options.method ?? 'GET'} ${path}: ${status} ${answer.slice(0, 500)}`);
  }
  return answer;
}

async function json<T = KubeObject>(path: string, options: ApiRequest = {}): Promise<T> {
  return JSON.parse(await text(path, options)) as T;
}

/** Answers `undefined` where the object does not exist. */
async function maybe(path: string, options: ApiRequest = {}): Promise<KubeObject | undefined> {
  try {
    return await json(path, options);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function list(path: string): Promise<KubeObject[]> {
  return (await json<{ items: KubeObject[] }>(path)).items;
}

/** A server-side apply of one object at its path, by a field manager of the bed. */
async function apply(path: string, object: object, manager: string): Promise<KubeObject> {
  const query = `${path}?fieldManager=${manager}&force=true`;
  return json(query, { method: 'PATCH', body: object, contentType: 'application/apply-patch+yaml' });
}

/** Deletes an object, but not another one that has its name by now. */
async function remove(path: string, { metadata: { uid } }: KubeObject, options: object = {}): Promise<void> {
  try {
    await maybe(path, { method: 'DELETE', body: { ...options, preconditions: { uid } } });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}

/** The Kubernetes API of the bed. */
export const api = { send, text, json, maybe, list, apply, remove };

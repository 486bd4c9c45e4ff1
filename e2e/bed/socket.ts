import { request } from 'node:http';

/** Sends JSON to one of the bed's own processes by its socket in the file system, and answers with JSON. */
export async function ask<T>(socketPath: string, path: string, body?: unknown): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const outgoing = request(
      { socketPath, path, method: body === undefined ? 'GET' : 'POST', agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as T));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

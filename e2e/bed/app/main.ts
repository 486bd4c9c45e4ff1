/**
 * The application of a pod: answers on the ports that its containers declare, and makes calls when it is told to. It runs inside the
 * pod's network, so its calls are captured as any application's are.
 */
import { createServer } from 'node:http';
import { answer } from './answer';
import { Call } from './call';
import { Load, runLoad } from './load';

const [socketPath, ports] = process.argv.slice(2);

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const told = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    const work = request.url === '/load' ? runLoad(told as Load, answer) : answer(told as Call);
    void work.then((result) => response.end(JSON.stringify(result)));
  });
}).listen(socketPath);

for (const port of ports.split(',').filter(Boolean)) {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ path: request.url, headers: request.headers }));
  });
  server.listen(Number(port));
}

process.on('uncaughtException', (error) => process.stderr.write(`${error.stack}\n`)); // a broken connection is an answer, not the end

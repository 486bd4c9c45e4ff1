/** Everything outside the mesh: external servers, told what to be by a socket, telling what they saw. */
import { createServer } from 'node:http';
import { FILES } from '../layout';
import { DatagramListener } from './datagrams';
import { Listener } from './listener';
import { Behaviour, InternetRecord, InternetServer } from './record';

const records: InternetRecord[] = [];
const record = (seen: InternetRecord) => void records.push(seen);
const listeners = new Map<string, { declaration: string; listeners: (Listener | DatagramListener)[] }>();

let known: InternetServer[] = [];
const addressOf = (host: string) => known.find(({ hosts }) => hosts.includes(host))?.addresses[0];

function declare(servers: InternetServer[]) {
  known = servers;
  const names = new Set(servers.map(({ name }) => name));
  for (const [name, present] of listeners) {
    const wanted = servers.find((server) => server.name === name);
    if (names.has(name) && JSON.stringify(wanted) === present.declaration) continue;
    for (const listener of present.listeners) listener.close();
    listeners.delete(name);
  }
  for (const server of servers) {
    if (listeners.has(server.name)) continue;
    const own = server.addresses.flatMap((address) =>
      server.ports.map((port) =>
        port.protocol === 'udp'
          ? new DatagramListener(server, port, address, record)
          : new Listener(server, port, address, record, addressOf),
      ),
    );
    listeners.set(server.name, { declaration: JSON.stringify(server), listeners: own });
  }
}

function behave(name: string, behaviour: Behaviour) {
  for (const listener of listeners.get(name)?.listeners ?? []) listener.behave(behaviour);
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const [, what, argument] = (request.url ?? '').split('/');
    if (what === 'servers') declare(body);
    if (what === 'behaviour') behave(decodeURIComponent(argument), body);
    response.end(JSON.stringify(what === 'records' ? records.slice(Number(argument)) : { records: records.length }));
  });
}).listen(FILES.internet);

process.on('uncaughtException', (error) => process.stderr.write(`${error.stack}\n`)); // a broken connection is not the end

import { createSocket } from 'node:dgram';
import { Behaviour, InternetPort, InternetRecord, InternetServer } from './record';

/** Listens for datagrams on one port of one address of a server; sends each back, and tells everything that arrives. */
export class DatagramListener {
  behaviour: Behaviour = {};
  private readonly socket = createSocket('udp4');

  constructor(of: InternetServer, { port }: InternetPort, address: string, sink: (record: InternetRecord) => void) {
    this.socket.on('message', (data, sender) => {
      if (this.behaviour.down) return;
      const call = /^hello (\S+)/.exec(data.toString())?.[1];
      const from = `${sender.address}:${sender.port}`;
      sink({ at: Date.now(), kind: 'data', server: of.name, port, from, call, bytes: data.length });
      this.socket.send(`${of.name} got ${data.toString()}`, sender.port, sender.address);
    });
    this.socket.bind(port, address);
  }

  behave(behaviour: Behaviour) {
    this.behaviour = behaviour;
  }

  close() {
    this.socket.close();
  }
}

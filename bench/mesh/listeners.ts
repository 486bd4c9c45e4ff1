import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CLIENT } from './patterns';
import { ISTIOD, netnsOf } from '../../e2e/bed/control/system-pods';
import { adsClients } from '../../e2e/bed/parts/go';
import { VERSIONS } from '../../e2e/bed/parts/versions';

/** What all clients have received since the last report. */
export interface Received {
  /** By the last part of the type's name. */
  readonly bytes: Record<string, number>;
  readonly responses: number;
  readonly clients: number;
  /** When the last response came, in milliseconds since 1970. */
  readonly last: number;
}

/** Sidecars of the client's namespace that istiod sends its configuration to, and nothing behind them. */
export class Listeners {
  static async start(count: number): Promise<Listeners> {
    const program = join(await adsClients(), 'adsclients');
    const { namespace, workload } = CLIENT;
    const command = [program, '127.0.0.1:15010', `${count}`, namespace, workload, VERSIONS.istio];
    const child = spawn('ip', ['netns', 'exec', netnsOf(ISTIOD), ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
    return new Listeners(child.stdin, createInterface(child.stdout)[Symbol.asyncIterator]());
  }

  private constructor(
    private readonly input: NodeJS.WritableStream,
    private readonly lines: AsyncIterator<string>,
  ) {}

  /** What has come since the last report. */
  async report(): Promise<Received> {
    this.input.write('\n');
    const { value } = await this.lines.next();
    return JSON.parse(value) as Received;
  }

  /** Ends them. */
  stop(): void {
    this.input.end();
  }
}

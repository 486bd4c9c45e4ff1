import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is declared: hosts that the clients of some namespaces call, by TLS origination at one gateway. Every case reads it. */
export interface Input {
  readonly namespaces: {
    readonly name: string;
    /** Who calls. */
    readonly serviceAccount: string;
    /** Sorted, and each with what stands for it in names of objects. */
    readonly hosts: { readonly host: string; readonly name: string }[];
  }[];
}

/** So many hosts, spread evenly over so many namespaces. */
export function input(hosts: number, namespaces: number): Input {
  const all = Array.from({ length: hosts }, (_, index) => `api-${`${index}`.padStart(5, '0')}.example.com`);
  return {
    namespaces: Array.from({ length: namespaces }, (_, index) => ({
      name: `team-${index}`,
      serviceAccount: 'app',
      hosts: all
        .filter((__, host) => host % namespaces === index)
        .map((host) => ({ host, name: host.replaceAll('.', '-') })),
    })),
  };
}

/** Writes it where a case finds it. */
export function writeInput(directory: string, declared: Input): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'declarations.json'), JSON.stringify(declared));
}

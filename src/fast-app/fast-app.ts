import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, YamlOutputType } from 'cdk8s';
import { filesOf } from './files';

/**
 * A cdk8s `App` that synthesizes in time linear in the number of objects, whatever library they are from. The files are the same,
 * byte for byte. For apps of thousands of objects, or of many charts.
 *
 * cdk8s walks through the whole app, validates it and infers its dependencies once per chart; this class does so once. It writes
 * YAML directly, and leaves to cdk8s every scalar and every document of which it is not sure. It leaves all to `App.synth` for other
 * `yamlOutputType`s than `FILE_PER_CHART`, with `recordConstructMetadata`, and where synthesis fails. No file is written before all
 * of them are known, so that an object that cannot be serialized leaves none behind.
 *
 * What is called once where cdk8s calls it once per chart are the validations of constructs.
 *
 * @example
 * const app = new FastApp(); // instead of new App()
 * app.synth();
 */
export class FastApp extends App {
  /**
   * Writes a file for each chart to the output directory.
   *
   * @throws Error as `App.synth`, in the same words
   */
  public synth(): void {
    const files = isUsual(this) ? filesOf(this) : undefined;
    if (!files) return super.synth();
    mkdirSync(this.outdir, { recursive: true });
    for (const { name, chunks } of files) writeChunks(join(this.outdir, name + this.outputFileExtension), chunks);
  }
}

/** Whether cdk8s would write a file for each of the charts that it finds by itself, and no other. */
function isUsual(app: App): boolean {
  return (
    app.yamlOutputType === YamlOutputType.FILE_PER_CHART &&
    !(app as any).recordConstructMetadata &&
    chartsOf(app) === chartsOf(App.prototype)
  );
}

/** How an app tells its charts: subclasses may do so in their own way. */
function chartsOf(app: App): unknown {
  for (let at = app; at; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, 'charts');
    if (found) return found.get;
  }
  return undefined;
}

function writeChunks(path: string, chunks: Buffer[]): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk of chunks) writeFileSync(file, chunk);
  } finally {
    closeSync(file);
  }
}

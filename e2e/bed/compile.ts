import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { FILES } from './layout';

const SOURCES = join(__dirname, 'app');

/** Compiles the application of pods once: a loader of TypeScript would take longer to start in every pod than its proxy. */
export function compileApplication(): void {
  mkdirSync(FILES.app, { recursive: true });
  for (const file of readdirSync(SOURCES)) {
    const { outputText } = transpileModule(readFileSync(join(SOURCES, file), 'utf8'), {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
    });
    writeFileSync(join(FILES.app, `${basename(file, '.ts')}.js`), outputText);
  }
}

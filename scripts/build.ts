/** Compiles `src` to `dist`, one module each, and copies the data files that lie beside modules. */
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT, runStep } from './run-step.ts';

/** Data that modules read at run time through `import.meta.url`. */
const DATA_EXTENSIONS = ['.wasm', '.scm', '.json'];
/** Folders of `src` that hold nothing for run time. */
const LEFT_OUT = ['fixtures', 'assembly'];

const source = join(ROOT, 'src');
const target = join(ROOT, 'dist');
const config = join(ROOT, 'tsconfig.build.json');

rmSync(target, { recursive: true, force: true });
const status = runStep('tsc', ['-p', config]);
if (status !== 0) process.exit(status);

for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
  const path = relative(source, join(entry.parentPath, entry.name));
  if (!entry.isFile() || !DATA_EXTENSIONS.some((extension) => path.endsWith(extension))) continue;
  if (path.split(/[\\/]/).some((part) => LEFT_OUT.includes(part))) continue;
  const destination = join(target, path);
  mkdirSync(dirname(destination), { recursive: true });
  cpSync(join(source, path), destination);
}
chmodSync(join(target, 'cli', 'bin.js'), 0o755);

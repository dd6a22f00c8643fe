/**
 * Runs random scripts of edits on two packages, and compares the index after every run with a fresh one.
 *
 *     npm run fuzz:incremental -- [--scripts N] [--edits N] [--seed N] [--first N] [--package NAME]
 *
 * Prints one line a hundred scripts; a difference is printed with the seed and the edits that led to it, and ends with 1.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readPackage, runEditScript } from '../test/helpers/incremental-check.ts';

const FIXTURES = fileURLToPath(new URL('../test/fixtures/incremental', import.meta.url));

const { values } = parseArgs({
  options: {
    scripts: { type: 'string', default: '500' },
    edits: { type: 'string', default: '4' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    first: { type: 'string', default: '0' },
    package: { type: 'string', multiple: true, default: ['immer', 'markdown-it-py'] },
  },
});
const [scripts, edits, seed, first] = [values.scripts, values.edits, values.seed, values.first].map(Number);

let failed = 0;
for (const name of values.package) {
  const files = readPackage(join(FIXTURES, name));
  const started = performance.now();
  for (let script = first ?? 0; script < (first ?? 0) + (scripts ?? 0); script++) {
    const difference = await runEditScript({ files, name, seed: seed ?? 0, script, edits: edits ?? 4 });
    if (difference !== null) {
      failed++;
      process.stdout.write(`${difference}\n`);
    }
    const done = script - (first ?? 0) + 1;
    if (done % 100 === 0 || done === scripts) {
      const seconds = Math.round((performance.now() - started) / 1_000);
      process.stdout.write(`${name}: ${done} scripts, ${failed} different, seed ${seed}, ${seconds} s\n`);
    }
  }
}
process.exitCode = failed === 0 ? 0 : 1;

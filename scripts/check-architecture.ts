/**
 * Checks the layers (see .dependency-cruiser.cjs and docs/architecture.md), and that modules were really seen: without
 * a TypeScript compiler the tool finds none and calls that a success.
 */
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './run-step.ts';

/** Fewer modules than this means that the tool did not read the source. */
const LEAST_MODULES = 60;

const rules: unknown = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs'));
if (typeof rules !== 'object' || rules === null) throw new TypeError('.dependency-cruiser.cjs exports no rules');
const { options, ...ruleSet } = rules as { options: object };

process.chdir(ROOT);
const { output } = await cruise(
  ['src'],
  { ...options, ruleSet, validate: true },
  {},
  { tsConfig: extractTSConfig(join(ROOT, 'tsconfig.json')) },
);
if (typeof output === 'string') throw new TypeError('dependency-cruiser answered with text');

const { summary, modules } = output;
const sources = modules.filter(({ source }) => source.startsWith('src/')).length;
for (const { rule, from, to } of summary.violations) process.stderr.write(`${rule.name}: ${from} -> ${to}\n`);
process.stdout.write(`${sources} modules, ${summary.violations.length} violations\n`);
if (sources < LEAST_MODULES) {
  process.stderr.write(
    `only ${sources} modules were seen, at least ${LEAST_MODULES} are expected: the check itself is broken\n`,
  );
  process.exitCode = 1;
}
if (summary.violations.length > 0) process.exitCode = 1;

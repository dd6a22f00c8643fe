import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { cliEnvironment } from '../helpers/run-cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('examples/quantized-embeddings.ts detects, encodes, compares, indexes and finds', async () => {
  const parameters = ['--import', './scripts/resolve-source.ts', 'examples/quantized-embeddings.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { cwd: root, env: cliEnvironment() });
  expect(stdout).toContain('quantized: yes, pytorch-dynamic-int8');
  expect(stdout).toContain('384 dimensions');
  expect(stdout).toMatch(/onde o pedido é cancelado\? -> sample-1\.js:1\n/);
  expect(stdout).toMatch(/where is the database connection opened\? -> sample-2\.js:1\n/);
}, 60_000);

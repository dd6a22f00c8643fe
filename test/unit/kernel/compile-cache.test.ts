import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const MODULE = new URL('../../../src/kernel/compile-cache.ts', import.meta.url).href;
const SCRIPT = `
  const { enableModuleCache, workerEnvironment } = await import(${JSON.stringify(MODULE)});
  const { Worker } = await import('node:worker_threads');
  enableModuleCache();
  const code = "require('node:worker_threads').parentPort.postMessage(require('node:module').getCompileCacheDir() ?? null)";
  new Worker(code, { eval: true, execArgv: [], env: workerEnvironment() }).on('message', (folder) => console.log(folder));`;

function run(cache: string): string {
  const env = { ...process.env, CODEGRAPHAI_CACHE: cache, NODE_COMPILE_CACHE: undefined };
  return execFileSync(process.execPath, ['--input-type=module', '--eval', SCRIPT], { env, encoding: 'utf8' }).trim();
}

describe('enableModuleCache', () => {
  it('keeps compiled modules in our own cache folder, for threads as well', () => {
    const cache = mkdtempSync(join(tmpdir(), 'codegraphai-cache-'));
    try {
      const folder = run(cache);
      expect(readdirSync(join(cache, 'modules')).map((name) => join(cache, 'modules', name))).toEqual([folder]);
    } finally {
      rmSync(cache, { recursive: true });
    }
  });

  it('goes on where the cache folder cannot be made', () => {
    expect(run(join(import.meta.filename, 'cache'))).toBe('null');
    if (existsSync('/proc/self')) expect(run('/proc/nothing/cache')).toBe('null');
  });
});

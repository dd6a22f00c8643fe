import { cpSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli, type CliResult } from '../helpers/run-cli.ts';
import { temporaryFolder, type TemporaryFolder } from '../helpers/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MODEL = 'models/codegraphai/multilingual-e5-small-int8';

interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly message: string;
  readonly hint?: string;
  readonly code?: string;
}

/** An installation of its own: the sources, the model, and every dependency but some. */
function installWithout(folder: TemporaryFolder, missing: readonly string[], damageModel = false): string {
  cpSync(join(ROOT, 'src'), join(folder.path, 'src'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder.path, 'package.json'));
  mkdirSync(join(folder.path, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (missing.includes(name)) continue;
    symlinkSync(join(ROOT, 'node_modules', name), join(folder.path, 'node_modules', name));
  }
  if (damageModel) {
    cpSync(join(ROOT, MODEL), join(folder.path, MODEL), { recursive: true });
    truncateSync(join(folder.path, MODEL, 'pytorch_model.bin'), 1_000_000);
  } else {
    symlinkSync(join(ROOT, 'models'), join(folder.path, 'models'));
  }
  return join(folder.path, 'src/cli/bin.ts');
}

function checksOf(result: CliResult): Map<string, Check> {
  const { checks } = JSON.parse(result.stdout) as { checks: Check[] };
  for (const check of checks) if (check.status === 'problem') expect(check.hint).toMatch(/\S/);
  return new Map(checks.map((check) => [check.name, check]));
}

function doctor(cwd: string, options: { cli?: string; env?: Record<string, string> } = {}): CliResult {
  return runCli(['doctor', '--json'], { cwd, ...options });
}

describe('doctor', () => {
  it('names Node, runtime, model, an encode, cache, store and git', () => {
    using folder = temporaryFolder({ 'a.ts': '' });
    const result = doctor(folder.path);
    const checks = checksOf(result);
    expect([...checks.keys()]).toEqual(['node', 'runtime', 'model', 'encode', 'cache', 'store', 'git']);
    expect(checks.get('node')?.message).toContain(process.versions.node);
    expect(checks.get('model')?.message).toContain('codegraphai/multilingual-e5-small-int8');
    expect(checks.get('encode')?.message).toMatch(/tokens\/s/);
    expect(result.status).toBe(0);
  });

  it('says what to do where the native runtime is missing, and encodes without it', () => {
    using folder = temporaryFolder();
    const result = doctor(folder.path, { cli: installWithout(folder, ['onnxruntime-node']) });
    const checks = checksOf(result);
    expect(checks.get('runtime')).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(/onnxruntime-web.*onnxruntime-node cannot be loaded/),
      hint: expect.stringContaining('npm install onnxruntime-node'),
    });
    expect(checks.get('encode')?.status).toBe('ok');
    expect(result.status).toBe(0);
  });

  it('says what to do where no runtime is left', () => {
    using folder = temporaryFolder();
    const result = doctor(folder.path, { cli: installWithout(folder, ['onnxruntime-node', 'onnxruntime-web']) });
    expect(checksOf(result).get('runtime')).toMatchObject({
      status: 'problem',
      code: 'MODEL_RUNTIME_MISSING',
      hint: expect.stringContaining('npm install'),
    });
    expect(result.status).toBe(4);
  });

  it('says what is wrong with a damaged model folder', () => {
    using folder = temporaryFolder();
    const result = doctor(folder.path, { cli: installWithout(folder, [], true) });
    expect(checksOf(result).get('model')).toMatchObject({
      status: 'problem',
      message: expect.stringMatching(/CHECKPOINT_TRUNCATED|pytorch_model\.bin/),
    });
    expect(result.status).toBe(4);
  });

  it('says what is wrong with the cache and with the index', () => {
    using folder = temporaryFolder({ '.codegraphai/index.db': 'no database'.repeat(500) });
    writeFileSync(join(folder.path, 'file'), '');
    const result = doctor(folder.path, { env: { CODEGRAPHAI_CACHE: join(folder.path, 'file', 'cache') } });
    const checks = checksOf(result);
    expect(checks.get('cache')).toMatchObject({
      status: 'problem',
      hint: expect.stringContaining('CODEGRAPHAI_CACHE'),
    });
    expect(checks.get('store')).toMatchObject({ status: 'problem', code: 'STORE_DAMAGED' });
    expect(result.status).toBe(4);
  });
});

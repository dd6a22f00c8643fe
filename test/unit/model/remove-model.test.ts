import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { evictCompiled, listCompiled, touchCompiled } from '../../../src/model/compiled-cache.ts';
import { pullModel } from '../../../src/model/hub/pull-model.ts';
import { listModels } from '../../../src/model/list-models.ts';
import { removeModel } from '../../../src/model/remove-model.ts';
import { HubMirror } from '../../helpers/hub-mirror.ts';
import { temporaryFolder, type TemporaryFolder } from '../../helpers/temporary-folder.ts';
import { MODEL, WEIGHTS, weights } from './hub/hub-bench.ts';

const FIRST = 'a'.repeat(40);
const SECOND = 'b'.repeat(40);
const DAY_MS = 24 * 60 * 60 * 1000;

function options(home: TemporaryFolder, mirror?: HubMirror): Parameters<typeof removeModel>[1] & object {
  const environment = { HOME: home.path, HF_HOME: home.path, HF_ENDPOINT: mirror?.url ?? '' };
  return { root: home.path, environment, cacheDir: join(home.path, 'cache') };
}

/** Pulls two commits of a model that share all but their weights: main is the second. */
async function pullBoth(home: TemporaryFolder): Promise<void> {
  await using first = await HubMirror.start(MODEL, { commit: FIRST });
  await pullModel('org/model@v1', options(home, first));
  await using second = await HubMirror.start(
    { ...MODEL, 'model.safetensors': weights(50_000, 'new') },
    { commit: SECOND },
  );
  await pullModel('org/model', options(home, second));
}

/** A compiled model as the cache keeps it. */
function compiledForm(home: TemporaryFolder, fingerprint: string, source: string): string {
  const folder = join(home.path, 'cache', 'compiled', fingerprint.repeat(64));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'compiled.json'), JSON.stringify({ format: 1, source }));
  writeFileSync(join(folder, 'model.onnx.data'), 'x'.repeat(1_000));
  return folder;
}

describe('listModels', () => {
  it('shows every snapshot with its names, size, and what was compiled of it', async () => {
    using home = temporaryFolder({ 'models/org/own/config.json': '{}', 'models/plain/config.json': '{}' });
    await pullBoth(home);
    const snapshot = join(home.path, 'hub/models--org--model/snapshots', SECOND);
    compiledForm(home, '1', snapshot);
    compiledForm(home, '2', '/gone');
    const { models, otherCompiled } = await listModels(options(home));
    expect(models.slice(0, 2)).toMatchObject([
      { id: 'org/own', source: 'project', missing: expect.stringContaining('tokenizer') },
      { id: 'plain', source: 'project' },
    ]);
    expect(models.find(({ commit }) => commit === FIRST)).toMatchObject({
      id: 'org/model',
      revisions: ['v1'],
      compiled: [],
    });
    expect(models.find(({ commit }) => commit === SECOND)).toMatchObject({
      revisions: ['main'],
      folder: snapshot,
      bytes: 50_000 + Object.values(MODEL).reduce((sum, { length }) => sum + length, 0) - WEIGHTS.length,
      isDefault: false,
      compiled: [{ fingerprint: '1'.repeat(64) }],
    });
    expect(models.at(-1)).toMatchObject({ source: 'embedded', isDefault: true });
    expect(otherCompiled).toMatchObject([{ source: '/gone' }]);
  });

  it('lists the rest where a place cannot be read, and says so', async () => {
    using home = temporaryFolder();
    symlinkSync('hub', join(home.path, 'hub'));
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const { models } = await listModels({ ...options(home), logger });
    expect(models.map(({ source }) => source)).toEqual(['embedded']);
    expect(warnings).toContainEqual(expect.stringContaining('some models cannot be listed: ELOOP'));
    await expect(removeModel('org/model', options(home))).rejects.toMatchObject({ code: 'HUB_WRITE_FAILED' });
  });
});

describe('removeModel', () => {
  it('removes all of a model, and what was compiled of it', async () => {
    using home = temporaryFolder();
    await pullBoth(home);
    const repository = join(home.path, 'hub/models--org--model');
    const compiled = compiledForm(home, '1', join(repository, 'snapshots', FIRST));
    const other = compiledForm(home, '2', join(home.path, 'models/org/model'));
    mkdirSync(join(home.path, 'hub/.locks/models--org--model'), { recursive: true });
    const { removed, bytesFreed } = await removeModel('org/model', options(home));
    expect(removed.map(({ kind }) => kind)).toEqual(['repository', 'compiled']);
    expect(bytesFreed).toBeGreaterThan(150_000 + 1_000);
    expect(readdirSync(join(home.path, 'hub'))).toEqual(['.locks', 'CACHEDIR.TAG']);
    expect(readdirSync(join(home.path, 'hub/.locks'))).toEqual([]);
    expect([existsSync(compiled), existsSync(other)]).toEqual([false, true]);
  });

  it('removes one revision, and only the blobs that no other needs', async () => {
    using home = temporaryFolder();
    await pullBoth(home);
    const repository = join(home.path, 'hub/models--org--model');
    const { removed, bytesFreed } = await removeModel('org/model@v1', options(home));
    expect(removed.map(({ kind }) => kind)).toEqual(['snapshot', 'blob']);
    expect(bytesFreed).toBe(WEIGHTS.length);
    expect(readdirSync(join(repository, 'refs'))).toEqual(['main']);
    const { models } = await listModels(options(home));
    expect(models.find(({ id }) => id === 'org/model')).toMatchObject({ commit: SECOND, missing: undefined });
    await expect(removeModel('org/model@v1', options(home))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('follows no link out of the cache', async () => {
    using home = temporaryFolder({ 'mine/snapshots/x/config.json': '{}', 'hub/.keep': '' });
    symlinkSync(join(home.path, 'mine'), join(home.path, 'hub/models--org--model'));
    await expect(removeModel('org/model', options(home))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(existsSync(join(home.path, 'mine/snapshots/x/config.json'))).toBe(true);
    using other = temporaryFolder({ 'mine.bin': 'x' });
    await pullBoth(other);
    const snapshot = join(other.path, 'hub/models--org--model/snapshots', FIRST);
    symlinkSync(join(other.path, 'mine.bin'), join(snapshot, 'extra.bin'));
    await removeModel(`org/model@${FIRST}`, options(other));
    expect(existsSync(join(other.path, 'mine.bin'))).toBe(true);
  });
});

describe('evictCompiled', () => {
  it('removes what was not used for 60 days', async () => {
    using home = temporaryFolder();
    const [old, used, fresh] = ['1', '2', '3'].map((digit) => compiledForm(home, digit, '/model'));
    const now = Date.now();
    for (const folder of [old, used]) utimesSync(folder ?? '', (now - 61 * DAY_MS) / 1000, (now - 61 * DAY_MS) / 1000);
    await touchCompiled(used ?? '', silentLogger, now);
    const cache = join(home.path, 'cache');
    await evictCompiled(cache, silentLogger, now);
    expect((await listCompiled(cache)).map(({ folder }) => folder)).toEqual([used, fresh]);
    expect(readdirSync(join(cache, 'compiled'))).toHaveLength(2);
    await touchCompiled(join(home.path, 'missing'), silentLogger);
  });
});

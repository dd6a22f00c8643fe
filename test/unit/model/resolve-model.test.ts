import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  EMBEDDED_MODEL,
  FALLBACK_MODEL,
  PREFERRED_MODEL,
  modelCandidates,
  resolveModel,
} from '../../../src/model/resolve-model.ts';
import { EMBEDDED_FOLDER, modelFolder, temporaryFolder } from './model-folder.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

async function hubCache(home: string, id: string): Promise<string> {
  const folder = join(home, 'hub', `models--${id.replace('/', '--')}`);
  await mkdir(join(folder, 'refs'), { recursive: true });
  await writeFile(join(folder, 'refs', 'main'), COMMIT);
  return modelFolder(join(folder, 'snapshots', COMMIT));
}

describe('resolveModel', () => {
  it('takes the embedded model where nothing else is on the machine', async () => {
    await using root = await temporaryFolder();
    const options = { root: root.path, environment: { HF_HOME: join(root.path, 'hf') } };
    expect(await resolveModel(null, options)).toMatchObject({ id: EMBEDDED_MODEL, source: 'embedded' });
    expect((await resolveModel(EMBEDDED_MODEL, options)).folder).toBe(EMBEDDED_FOLDER);
  });

  it('keeps the default order: project before hub cache, preferred before fallback before embedded', async () => {
    await using root = await temporaryFolder();
    const options = { root: root.path, environment: { HF_HOME: join(root.path, 'hf') } };
    const cachedFallback = await hubCache(join(root.path, 'hf'), FALLBACK_MODEL);
    const cachedPreferred = await hubCache(join(root.path, 'hf'), PREFERRED_MODEL);
    const found = async (): Promise<string[]> => (await modelCandidates(null, options)).map(({ folder }) => folder);
    expect(await found()).toEqual([cachedPreferred, cachedFallback, EMBEDDED_FOLDER]);
    const project = await modelFolder(join(root.path, 'models', PREFERRED_MODEL));
    // The cached copy stays in line: the one in the project may be damaged.
    expect(await found()).toEqual([project, cachedPreferred, cachedFallback, EMBEDDED_FOLDER]);
    const [first] = await modelCandidates(null, options);
    expect(first).toMatchObject({ id: PREFERRED_MODEL, source: 'project' });
  });

  it('finds a folder by its path and a hub id in the hub cache', async () => {
    await using root = await temporaryFolder();
    const folder = await modelFolder(join(root.path, 'my', 'model'));
    const environment = { HF_HUB_CACHE: join(root.path, 'hf', 'hub') };
    const cached = await hubCache(join(root.path, 'hf'), 'org/name');
    const options = { root: root.path, environment };
    expect(await resolveModel('./my/model', options)).toMatchObject({ id: 'model', folder, source: 'folder' });
    expect(await resolveModel(folder, options)).toMatchObject({ folder });
    expect(await resolveModel('org/name', options)).toMatchObject({
      id: 'org/name',
      folder: cached,
      source: 'hub-cache',
    });
  });

  it.each(['org/unknown', './unknown', '../../etc', 'a/../b', 'name', '/no/such/folder'])(
    'does not find %s',
    async (ref) => {
      await using root = await temporaryFolder();
      const options = { root: root.path, environment: { HF_HOME: join(root.path, 'hf') } };
      await expect(resolveModel(ref, options)).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
        hint: expect.any(String),
        details: { reference: ref },
      });
    },
  );
});

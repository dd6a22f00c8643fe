import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../src/model/manifest.ts';
import { compileModel } from '../../../src/model/onnx/compile-model.ts';
import { RECORD_FILE } from '../../../src/model/cache-folder.ts';
import { DATA_FILE, MODEL_FILE, TOKENIZER_FILE } from '../../../src/model/onnx/compiled-model.ts';
import { UnigramTokenizer } from '../../../src/model/tokenizer/unigram-tokenizer.ts';
import type { Numerics } from '../../../src/model/encoder.ts';
import { EMBEDDED_FOLDER, modelFolder, temporaryFolder } from './model-folder.ts';

async function compile(cacheFolder: string, folder = EMBEDDED_FOLDER, numerics: Numerics = 'full'): Promise<string> {
  return (await compileModel(await readManifest(folder), { cacheFolder, numerics })).folder;
}

/** Token ids of a mixed text, by the tokenizer of a compiled model. */
async function ids(compiled: string): Promise<Int32Array> {
  const image = await readFile(join(compiled, TOKENIZER_FILE));
  return UnigramTokenizer.fromCompiled(image).encode('Onde a conexão é aberta? 连接池 getUserById()').ids;
}

describe('compileModel', () => {
  it('takes what is compiled already and leaves no other files', async () => {
    await using cache = await temporaryFolder();
    const folder = await compile(cache.path);
    const before = await stat(join(folder, DATA_FILE), { bigint: true });
    expect(await compile(cache.path)).toBe(folder);
    expect((await stat(join(folder, DATA_FILE), { bigint: true })).ctimeNs).toBe(before.ctimeNs);
    expect((await readdir(folder)).toSorted()).toEqual([RECORD_FILE, MODEL_FILE, DATA_FILE, TOKENIZER_FILE].toSorted());
    expect(await readdir(join(cache.path, 'compiled'))).toHaveLength(1);
  });

  it('makes the same bytes again when something is damaged', async () => {
    await using cache = await temporaryFolder();
    const folder = await compile(cache.path);
    const data = await readFile(join(folder, DATA_FILE));
    const model = await readFile(join(folder, MODEL_FILE));
    const damages = [
      () => truncate(join(folder, DATA_FILE), 1000),
      () => rm(join(folder, MODEL_FILE)),
      () => writeFile(join(folder, RECORD_FILE), '{"format":'),
    ];
    for (const damage of damages) {
      await damage();
      expect(await compile(cache.path)).toBe(folder);
      expect((await readFile(join(folder, DATA_FILE))).equals(data)).toBe(true);
      expect((await readFile(join(folder, MODEL_FILE))).equals(model)).toBe(true);
    }
    expect(await readdir(join(cache.path, 'compiled'))).toHaveLength(1);
  });

  it('may run several times at once', async () => {
    await using cache = await temporaryFolder();
    const folders = await Promise.all([1, 2, 3].map(() => compile(cache.path)));
    expect(new Set(folders).size).toBe(1);
    expect(await readdir(join(cache.path, 'compiled'))).toHaveLength(1);
  });

  it('gives everything a vector depends on a fingerprint of its own, but not the place', async () => {
    await using cache = await temporaryFolder();
    const base = await compile(cache.path);
    const copy = await modelFolder(join(cache.path, 'copy'));
    expect(await compile(cache.path, copy)).toBe(base);
    const fingerprints = [
      await compile(cache.path, EMBEDDED_FOLDER, 'torch'),
      await compile(
        cache.path,
        await modelFolder(join(cache.path, 'short'), { 'sentence_bert_config.json': '{"max_seq_length": 64}' }),
      ),
      await compile(
        cache.path,
        await modelFolder(join(cache.path, 'cls'), { '1_Pooling/config.json': '{"pooling_mode": "cls"}' }),
      ),
    ];
    expect(new Set([base, ...fingerprints]).size).toBe(4);
  });

  it('notices that a file changed although size and modification time did not', async () => {
    await using cache = await temporaryFolder();
    const tokenizer = await readFile(join(EMBEDDED_FOLDER, 'tokenizer.json'), 'utf8');
    const folder = await modelFolder(join(cache.path, 'model'), { 'tokenizer.json': tokenizer });
    const path = join(folder, 'tokenizer.json');
    const time = new Date('2026-01-01T00:00:00Z');
    await utimes(path, time, time);
    const { size, mtimeNs } = await stat(path, { bigint: true });
    const before = await compile(cache.path, folder);
    await writeFile(path, tokenizer.replace('"version":"1.0"', '"version":"1.1"'));
    await utimes(path, time, time);
    expect(await stat(path, { bigint: true })).toMatchObject({ size, mtimeNs });
    expect(await compile(cache.path, folder)).not.toBe(before);
  });

  it('builds the tokenizer from the SentencePiece model when tokenizer.json is a Git LFS pointer', async () => {
    await using cache = await temporaryFolder();
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 17082730\n`;
    const folder = await modelFolder(join(cache.path, 'model'), { 'tokenizer.json': pointer });
    await symlink(join(EMBEDDED_FOLDER, 'sentencepiece.bpe.model'), join(folder, 'sentencepiece.bpe.model'));
    expect(await ids(await compile(cache.path, folder))).toEqual(await ids(await compile(cache.path)));
  });

  it('refuses a tokenizer with more tokens than the network has', async () => {
    await using cache = await temporaryFolder();
    const config = JSON.parse(await readFile(join(EMBEDDED_FOLDER, 'config.json'), 'utf8')) as Record<string, unknown>;
    const folder = await modelFolder(join(cache.path, 'model'), {
      'config.json': JSON.stringify({ ...config, vocab_size: 1000 }),
    });
    await expect(compile(cache.path, folder)).rejects.toMatchObject({ code: 'TOKENIZER_VOCABULARY_MISMATCH' });
  });

  it('notices a file that changes while it is compiled, and keeps nothing', async () => {
    await using cache = await temporaryFolder();
    const tokenizer = await readFile(join(EMBEDDED_FOLDER, 'tokenizer.json'), 'utf8');
    const folder = await modelFolder(join(cache.path, 'model'), { 'tokenizer.json': tokenizer });
    const parent = join(cache.path, 'compiled');
    await mkdir(parent);
    const compiling = Promise.allSettled([compile(cache.path, folder)]);
    // Once the graph is there, the tokenizer has been read and the weights are being written.
    const isWriting = async (): Promise<boolean> =>
      (await readdir(parent, { recursive: true })).some((name) => basename(name) === MODEL_FILE);
    while (!(await isWriting())) await new Promise(setImmediate);
    await writeFile(join(folder, 'tokenizer.json'), tokenizer.replace('"version":"1.0"', '"version":"1.1"'));
    const [result] = await compiling;
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'MODEL_FILES_CHANGED' } });
    expect(await readdir(parent)).toEqual([]);
  });

  it('removes what killed processes left, but not what a running one writes', async () => {
    await using cache = await temporaryFolder();
    const folder = await compile(cache.path);
    const parent = join(cache.path, 'compiled');
    const [old, recent] = [join(parent, '.old'), join(parent, '.recent')];
    for (const leftover of [old, recent]) {
      await mkdir(leftover, { recursive: true });
      await writeFile(join(leftover, DATA_FILE), 'half');
    }
    const twoHoursAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    await utimes(old, twoHoursAgo, twoHoursAgo);
    expect(await compile(cache.path)).toBe(folder);
    expect((await readdir(parent)).toSorted()).toEqual(['.recent', basename(folder)]);
  });

  // A limit of the process cuts a write short and refuses the next one, as a full disk does.
  it.skipIf(process.platform === 'win32')('says that there is no room, and leaves nothing half written', async () => {
    await using cache = await temporaryFolder();
    const module = new URL('../../../src/model/open-encoder.ts', import.meta.url).href;
    const script = `const { openEncoder } = await import(${JSON.stringify(module)});
      await openEncoder(${JSON.stringify(EMBEDDED_FOLDER)}, { cacheDir: ${JSON.stringify(cache.path)} })
        .catch(({ code, hint }) => console.log(JSON.stringify({ code, hint })));`;
    const command = 'ulimit -f 40000; exec "$0" --input-type=module --eval "$1"';
    const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, script]);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'MODEL_CACHE_UNWRITABLE',
      hint: expect.stringContaining('room'),
    });
    expect(await readdir(join(cache.path, 'compiled'))).toEqual([]);
  });

  it('refuses a tokenizer too large to be read, before it is read', async () => {
    await using cache = await temporaryFolder();
    const folder = await modelFolder(join(cache.path, 'model'), { 'tokenizer.json': '{}' });
    await truncate(join(folder, 'tokenizer.json'), 2 ** 40);
    await expect(compile(cache.path, folder)).rejects.toMatchObject({ code: 'TOKENIZER_MALFORMED' });
  });

  it('says that the cache cannot be written', async () => {
    await using cache = await temporaryFolder();
    const file = join(cache.path, 'file');
    await writeFile(file, '');
    await expect(compile(join(file, 'cache'))).rejects.toMatchObject({
      code: 'MODEL_CACHE_UNWRITABLE',
      hint: expect.stringContaining('CODEGRAPHAI_CACHE'),
    });
  });
});

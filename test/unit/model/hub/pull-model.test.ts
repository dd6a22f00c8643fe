import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PullModelOptions } from '../../../../src/model/hub/pull-model.ts';
import { onFile, sendFile, times } from '../../../helpers/hub-mirror.ts';
import { weights, WEIGHTS, MODEL, BLOB, COMMIT, bench, damaged } from './hub-bench.ts';

describe('pullModel', () => {
  it("lays the cache out as Python's library does", async () => {
    await using test = await bench();
    const pulled = await test.pull();
    expect(damaged(pulled)).toEqual([]);
    const repository = join(test.home.path, 'hub', 'models--org--model');
    expect(pulled).toMatchObject({
      id: 'org/model',
      revision: 'main',
      commit: COMMIT,
      folder: join(repository, 'snapshots', COMMIT),
      files: 5,
    });
    expect(readFileSync(join(repository, 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(readlinkSync(join(pulled.folder, 'model.safetensors'))).toBe(`../../blobs/${BLOB}`);
    expect(readlinkSync(join(pulled.folder, '1_Pooling/config.json'))).toMatch(
      /^\.\.\/\.\.\/\.\.\/blobs\/[0-9a-f]{40}$/,
    );
    expect(test.blobs()).toHaveLength(5);
    expect(readdirSync(join(repository, 'snapshots', COMMIT)).toSorted()).toEqual([
      '1_Pooling',
      'config.json',
      'model.safetensors',
      'modules.json',
      'tokenizer.json',
    ]);
  });

  it('does without symbolic links where they are forbidden', async () => {
    await using test = await bench({ env: { HF_HUB_DISABLE_SYMLINKS: '1' } });
    const pulled = await test.pull();
    expect(damaged(pulled)).toEqual([]);
    expect(lstatSync(join(pulled.folder, 'model.safetensors')).isFile()).toBe(true);
    const blob = join(test.home.path, 'hub/models--org--model/blobs', BLOB);
    // As Python's library leaves it: the file in the snapshot, and no blob.
    rmSync(blob);
    expect(await test.pull()).toMatchObject({ bytesDownloaded: 0 });
  });

  it('downloads nothing twice, and what was damaged again', async () => {
    await using test = await bench();
    await test.pull();
    expect((await test.pull()).bytesDownloaded).toBe(0);
    expect(test.mirror.requestsFor('model.safetensors')).toHaveLength(1);
    const blob = join(test.home.path, 'hub/models--org--model/blobs', BLOB);
    writeFileSync(blob, Buffer.from(WEIGHTS).fill(0, 50_000, 50_001));
    const again = await test.pull();
    expect(again.bytesDownloaded).toBe(WEIGHTS.length);
    expect(damaged(again)).toEqual([]);
  });

  it('takes only what is needed, and one format of weights', async () => {
    const files = {
      ...MODEL,
      'pytorch_model.bin': weights(20_000),
      'onnx/model.onnx': weights(20_000),
      'tf_model.h5': weights(20_000),
      'README.md': '# Model',
      'training_args.bin': 'x',
      'vocab.txt': 'a\n',
      '1_Pooling/notes.txt': 'x',
      '.gitattributes': 'x',
    };
    await using test = await bench({}, files);
    const { folder } = await test.pull();
    expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual(
      ['1_Pooling', '1_Pooling/config.json', 'README.md', 'config.json', 'model.safetensors', 'modules.json']
        .concat(['tokenizer.json', 'vocab.txt'])
        .toSorted(),
    );
  });

  it('takes every shard behind an index, weights of modules, and a graph where there is nothing else', async () => {
    const { 'model.safetensors': _, ...rest } = MODEL;
    const sharded = {
      ...rest,
      'modules.json': '[{"path":""},{"path":"1_Pooling"},{"path":"2_Dense"}]',
      '2_Dense/config.json': '{}',
      '2_Dense/model.safetensors': weights(12_000, 'dense'),
      'model.safetensors.index.json': JSON.stringify({
        metadata: {},
        weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
      }),
      'model-00001-of-00002.safetensors': weights(15_000, 'one'),
      'model-00002-of-00002.safetensors': weights(15_000, 'two'),
    };
    await using test = await bench({}, sharded);
    expect(damaged(await test.pull(), sharded)).toEqual([]);
    const graph = { ...rest, 'onnx/model.onnx': weights(15_000), 'onnx/model.onnx_data': weights(9_000) };
    await using other = await bench({}, { ...graph, 'onnx/model_fp16.onnx': weights(15_000, 'half') });
    const pulled = await other.pull();
    expect(damaged(pulled, graph)).toEqual([]);
    expect(existsSync(join(pulled.folder, 'onnx/model_fp16.onnx'))).toBe(false);
  });

  it('reads a listing page by page', async () => {
    await using test = await bench({ pageSize: 2 });
    expect(damaged(await test.pull())).toEqual([]);
    expect(test.mirror.requests.filter(({ path }) => path.includes('/tree/'))).toHaveLength(3);
  });

  it('tells how far it is, and never goes back', async () => {
    await using test = await bench({
      fault: times(
        2,
        onFile('model.safetensors', (exchange, file) => (sendFile(exchange, file, 60_000), true)),
      ),
    });
    const seen: number[] = [];
    let last;
    const onProgress: PullModelOptions['onProgress'] = (progress) => {
      seen.push(progress.bytesDone);
      last = progress;
    };
    const { bytes } = await test.pull('org/model', { onProgress });
    expect(seen).toEqual(seen.toSorted((left, right) => left - right));
    expect(last).toMatchObject({ bytesDone: bytes, bytesTotal: bytes, filesDone: 5, filesTotal: 5 });
  });

  it('takes another revision, and remembers its name', async () => {
    const commit = 'c'.repeat(40);
    await using test = await bench({ commit });
    await test.pull('org/model@refs/pr/4');
    const refs = join(test.home.path, 'hub/models--org--model/refs');
    expect(readFileSync(join(refs, 'refs/pr/4'), 'utf8')).toBe(commit);
    expect(test.mirror.requests[0]?.path).toBe('/api/models/org/model/revision/refs/pr/4');
    await test.pull(`org/model@${commit}`);
    expect(readdirSync(refs)).toEqual(['refs']);
  });
});

describe('a cache that cannot be written', () => {
  it('is named', async () => {
    await using test = await bench();
    test.home.write('hub', 'a file, not a folder');
    await expect(test.pull()).rejects.toMatchObject({
      code: 'HUB_WRITE_FAILED',
      hint: expect.stringContaining('HF_HUB_CACHE'),
    });
  });

  it.skipIf(!existsSync('/proc/self'))('is named where nothing can ever be made', async () => {
    await using test = await bench({ env: { HF_HUB_CACHE: '/proc/nothing/hub' } });
    await expect(test.pull()).rejects.toMatchObject({ code: 'HUB_WRITE_FAILED' });
  });

  it('has links replaced that lead nowhere', async () => {
    await using test = await bench();
    const { folder } = await test.pull();
    const blob = join(test.home.path, 'hub/models--org--model/blobs', BLOB);
    rmSync(blob);
    expect(lstatSync(join(folder, 'model.safetensors')).isSymbolicLink()).toBe(true);
    expect(damaged(await test.pull())).toEqual([]);
  });
});

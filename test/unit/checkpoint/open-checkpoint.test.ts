import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listGlobals } from '../../../src/checkpoint/list-globals.ts';
import { openCheckpoint, openCheckpointSource } from '../../../src/checkpoint/open-checkpoint.ts';
import { MemoryByteSource, openFileByteSource } from '../../../src/kernel/byte-source.ts';
import { fixturePath } from '../../fixtures/checkpoint/fixture-files.ts';

function openText(text: string): Promise<unknown> {
  return openCheckpointSource(new MemoryByteSource(Uint8Array.from(Buffer.from(text, 'latin1')), 'file'));
}

describe('openCheckpoint', () => {
  it('describes the file it opened', async () => {
    const path = fixturePath('bad/ok-minimal.bin');
    await using checkpoint = await openCheckpoint(path);
    expect(checkpoint).toMatchObject({ path, format: 'torch-zip', sizeBytes: 641 });
    const tensor = checkpoint.stateDict.tensors.get('w');
    expect(tensor).toMatchObject({ name: 'w', dtype: 'float32', shape: [2, 2], elementCount: 4, quantization: null });
    expect([...((await tensor?.readFloat32()) ?? [])]).toEqual([1, 2, 3, 4]);
  });

  it('closes twice and reads no more', async () => {
    const checkpoint = await openCheckpoint(fixturePath('bad/ok-minimal.bin'));
    await checkpoint.close();
    await checkpoint.close();
    const tensor = checkpoint.stateDict.tensors.get('w');
    await expect(tensor?.readElements()).rejects.toMatchObject({ code: 'SOURCE_CLOSED' });
  });

  it('closes the file when it refuses it', async () => {
    const source = new MemoryByteSource(new Uint8Array(100));
    await expect(openCheckpointSource(source)).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_A_CHECKPOINT' });
    await expect(source.read(new Uint8Array(1), 0)).rejects.toMatchObject({ code: 'SOURCE_CLOSED' });
  });

  it('stops when aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(openCheckpoint(fixturePath('bad/ok-minimal.bin'), { signal })).rejects.toThrow('enough');
  });

  it('says that a file is missing', async () => {
    await expect(openCheckpoint(fixturePath('none.bin'))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });

  it.each([
    ['{"model_type":"bert"}', 'is a JSON file'],
    ['\n <?xml version="1.0"?>', 'is an HTML or XML page'],
    ['PK\x05\x06', 'is an empty zip archive'],
    [
      '\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09',
      'starts with the bytes 00 01 02 03 04 05 06 07, which no checkpoint does',
    ],
    ['a', 'starts with the bytes 61'],
  ])('tells what %j is', async (text, message) => {
    await expect(openText(text)).rejects.toMatchObject({
      code: 'CHECKPOINT_NOT_A_CHECKPOINT',
      message: expect.stringContaining(`file ${message}`),
    });
  });
});

describe('legacy streams', () => {
  const stream = readFileSync(fixturePath('torch213/zoo.legacy.bin'));

  it('says that the end of a stream is missing', async () => {
    const cut = stream.subarray(0, stream.length - 1);
    await expect(openCheckpointSource(new MemoryByteSource(cut))).rejects.toMatchObject({
      code: 'CHECKPOINT_TRUNCATED',
    });
    await expect(openCheckpointSource(new MemoryByteSource(stream.subarray(0, 300)))).rejects.toMatchObject({
      code: 'CHECKPOINT_TRUNCATED',
    });
  });

  it('refuses another protocol', async () => {
    const changed = Buffer.from(stream);
    changed.writeUInt16LE(1002, changed.indexOf(Buffer.from('M\xe9\x03', 'latin1')) + 1);
    await expect(openCheckpointSource(new MemoryByteSource(changed))).rejects.toMatchObject({
      code: 'CHECKPOINT_MALFORMED',
    });
  });
});

describe('listGlobals', () => {
  it('lists what a hostile file names once each, without reading it', async () => {
    await using source = await openFileByteSource(fixturePath('bad/evil-after-valid.bin'));
    const names = (await listGlobals(source)).map(({ module, name, byteOffset }) => `${module}.${name} ${byteOffset}`);
    expect(names).toEqual([
      'collections.OrderedDict 48',
      'torch._utils._rebuild_tensor_v2 82',
      'torch.FloatStorage 129',
      'posix.system 212',
    ]);
  });

  it('looks into legacy streams and bare pickles, and finds nothing in other files', async () => {
    await using legacy = await openFileByteSource(fixturePath('torch213/int8-emb4.legacy.bin'));
    expect((await listGlobals(legacy)).map(({ name }) => name)).toContain('_rebuild_qtensor');
    await using bare = await openFileByteSource(fixturePath('bad/evil-legacy-first.bin'));
    expect(await listGlobals(bare)).toEqual([{ module: 'posix', name: 'system', byteOffset: 2 }]);
    await using html = await openFileByteSource(fixturePath('bad/damage-html.bin'));
    expect(await listGlobals(html)).toEqual([]);
  });
});

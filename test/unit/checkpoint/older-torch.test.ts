import { describe, expect, it } from 'vitest';
import { openCheckpointSource } from '../../../src/checkpoint/open-checkpoint.ts';
import type { Checkpoint } from '../../../src/checkpoint/state-dict.ts';
import { MemoryByteSource } from '../../../src/kernel/byte-source.ts';
import {
  call,
  dict,
  int,
  list,
  name,
  pickleBytes,
  storage,
  text,
  torchZip,
  tuple,
  vector,
} from '../../fixtures/checkpoint/pickle-writer.ts';

const FLOATS = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
const VECTOR = vector('FloatStorage', '0', 4);

function openZip(pickle: string, ...storages: readonly Uint8Array[]): Promise<Checkpoint> {
  return openCheckpointSource(new MemoryByteSource(torchZip(pickle, ...storages), 'made.bin'));
}

async function read(checkpoint: Checkpoint, tensor: string): Promise<number[]> {
  return [...((await checkpoint.stateDict.tensors.get(tensor)?.readFloat32()) ?? [])];
}

/** The arguments of a rebuild function for all four elements. */
const DENSE = [int(0), tuple(int(4)), tuple(int(1))];
const PLACE = storage('FloatStorage', '0', 4);

describe('storages that were on a GPU', () => {
  it.each([
    ['FloatStorage', FLOATS, [1, 2, 3, 4]],
    ['CharStorage', Uint8Array.of(1, 2, 255, 4), [1, 2, -1, 4]],
    ['HalfStorage', Uint8Array.of(0, 0x3c, 0, 0x40, 0, 0xbc, 0, 0), [1, 2, -1, 0]],
  ])('are read as any other: torch.cuda.%s', async (storageClass, bytes, expected) => {
    const place = tuple(text('storage'), name('torch.cuda', storageClass), text('0'), text('cuda:1'), int(4));
    const tensor = call('torch._utils', '_rebuild_tensor_v2', `${place}Q`, ...DENSE, '\x89', '}');
    await using checkpoint = await openZip(dict({ w: tensor }), bytes);
    expect(await read(checkpoint, 'w')).toEqual(expected);
    expect(checkpoint.globals).toContain(`torch.cuda.${storageClass}`);
  });

  it('do not let other names of the module in', async () => {
    await expect(openZip(dict({ w: name('torch.cuda', 'init') }), FLOATS)).rejects.toMatchObject({
      code: 'CHECKPOINT_FORBIDDEN_GLOBAL',
    });
  });
});

/** `(function, class, arguments, state)`. */
function typed(rebuild: string, className: [string, string], state: string, inner = '_rebuild_tensor_v2'): string {
  const args = tuple(PLACE, ...DENSE, '\x89', '}');
  return call('torch._tensor', rebuild, name('torch._utils', inner), name(...className), args, state);
}

describe('tensors with attributes', () => {
  it.each([
    ['_rebuild_from_type_v2', ['torch', 'Tensor'], dict({ tag: text('mine') })],
    ['_rebuild_from_type_v2', ['torch.nn.parameter', 'Parameter'], tuple(dict({ a: int(1) }), dict({ b: int(2) }))],
    ['_rebuild_from_type', ['torch.nn.parameter', 'Buffer'], '}'],
  ] satisfies Array<[string, [string, string], string]>)(
    'are read by %s of a %j',
    async (rebuild, className, state) => {
      await using checkpoint = await openZip(dict({ w: typed(rebuild, className, state) }), FLOATS);
      expect(await read(checkpoint, 'w')).toEqual([1, 2, 3, 4]);
    },
  );

  it('may stand inside a parameter', async () => {
    const inner = typed('_rebuild_from_type_v2', ['torch', 'Tensor'], '}');
    await using checkpoint = await openZip(
      dict({ w: call('torch._utils', '_rebuild_parameter', inner, '\x88', '}') }),
      FLOATS,
    );
    expect(await read(checkpoint, 'w')).toEqual([1, 2, 3, 4]);
  });

  it('are refused when their class is somebody’s code', async () => {
    const pickle = dict({ w: typed('_rebuild_from_type_v2', ['mine', 'Special'], '}') });
    await expect(openZip(pickle, FLOATS)).rejects.toMatchObject({
      code: 'CHECKPOINT_FORBIDDEN_GLOBAL',
      details: expect.objectContaining({ global: 'mine.Special' }),
    });
  });

  it.each<[string, string]>([
    [
      'a function that makes no tensor',
      call('torch._tensor', '_rebuild_from_type_v2', name('torch', 'Size'), 'N', tuple(), 'N'),
    ],
    ['no function', call('torch._tensor', '_rebuild_from_type_v2', 'N', 'N', tuple(), 'N')],
    ['no arguments', call('torch._tensor', '_rebuild_from_type_v2', name('torch._utils', '_rebuild_tensor_v2'))],
  ])('are refused with %s', async (_, pickle) => {
    await expect(openZip(dict({ w: pickle, v: VECTOR }), FLOATS)).rejects.toMatchObject({
      code: 'CHECKPOINT_MALFORMED',
    });
  });
});

describe('tensors of other versions', () => {
  it('are read as torch before 0.4 wrote them', async () => {
    await using checkpoint = await openZip(
      dict({ w: call('torch._utils', '_rebuild_tensor', PLACE, ...DENSE) }),
      FLOATS,
    );
    expect(await read(checkpoint, 'w')).toEqual([1, 2, 3, 4]);
  });

  it.each([
    [dict({}), ['w']],
    [dict({ conj: '\x89' }), ['w']],
    [dict({ neg: '\x88' }), []],
  ])('are left out when their elements mean something else', async (metadata, expected) => {
    const tensor = call('torch._utils', '_rebuild_tensor_v2', PLACE, ...DENSE, '\x89', '}', metadata);
    await using checkpoint = await openZip(dict({ w: tensor, v: VECTOR }), FLOATS);
    const { tensors, ignoredEntries } = checkpoint.stateDict;
    expect([...tensors.keys()]).toEqual([...expected, 'v']);
    if (expected.length === 0)
      expect(ignoredEntries.get('w')).toBe(
        'tensor of unsupported type torch.float32 with a pending conjugation or negation',
      );
  });
});

describe('views in legacy streams', () => {
  const MAGIC = Uint8Array.of(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e);

  function openLegacy(view: string, storageOffset = 0): Promise<Checkpoint> {
    const place = tuple(text('storage'), name('torch', 'FloatStorage'), text('94'), text('cpu'), int(4), view);
    const tensor = call(
      'torch._utils',
      '_rebuild_tensor_v2',
      `${place}Q`,
      int(storageOffset),
      tuple(int(2)),
      tuple(int(1)),
      '\x89',
      '}',
    );
    const header = new Uint8Array(new BigInt64Array([4n]).buffer);
    const pickles = ['M\xe9\x03', dict({ little_endian: '\x88' }), dict({ w: tensor }), list(text('94'))].map(
      pickleBytes,
    );
    return openCheckpointSource(new MemoryByteSource(Buffer.concat([MAGIC, ...pickles, header, FLOATS]), 'made.bin'));
  }

  it.each([
    ['none', 'N', 0, [1, 2]],
    ['the first elements', tuple(text('95'), int(0), int(2)), 0, [1, 2]],
    ['the last elements', tuple(text('95'), int(2), int(2)), 0, [3, 4]],
    ['a view that is larger than the tensor', tuple(text('95'), int(1), int(3)), 1, [3, 4]],
  ])('give %s', async (_, view, offset, expected) => {
    await using checkpoint = await openLegacy(view, offset);
    expect(await read(checkpoint, 'w')).toEqual(expected);
  });

  it.each([
    ['that is no triple', text('95'), 'a storage view is str'],
    ['that starts before the storage', tuple(text('95'), 'J\xff\xff\xff\xff', int(2)), 'a storage view is tuple'],
    ['that reaches past the storage', tuple(text('95'), int(3), int(2)), 'of 2 elements from 3 on reaches past'],
    ['that is smaller than the tensor', tuple(text('95'), int(3), int(1)), 'reach past the 1 elements'],
  ])('are refused for one %s', async (_, view, message) => {
    await expect(openLegacy(view)).rejects.toMatchObject({
      code: 'CHECKPOINT_MALFORMED',
      message: expect.stringContaining(message),
    });
  });
});

import { describe, expect, it } from 'vitest';
import { CheckpointFailure } from '../../../src/checkpoint/checkpoint-error.ts';
import { openCheckpointSource } from '../../../src/checkpoint/open-checkpoint.ts';
import { StateDictBuilder } from '../../../src/checkpoint/state-dict-builder.ts';
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
import { packedModules } from '../../fuzz/checkpoint-seeds.ts';

const FLOATS = new Uint8Array(Float32Array.of(1, 2).buffer);
const VECTOR = vector('FloatStorage', '0', 2);

function openZip(pickle: string, ...storages: readonly Uint8Array[]): Promise<Checkpoint> {
  return openCheckpointSource(new MemoryByteSource(torchZip(pickle, ...storages), 'made.bin'));
}

/** `_rebuild_qtensor` of a qint8 matrix of 2 x 2. */
function qtensor(...qparams: readonly string[]): string {
  const shape = tuple(int(2), int(2));
  const strides = tuple(int(2), int(1));
  return call(
    'torch._utils',
    '_rebuild_qtensor',
    storage('QInt8Storage', '0', 4),
    int(0),
    shape,
    strides,
    tuple(...qparams),
    '\x89',
    '}',
  );
}

const PER_CHANNEL = name('torch', 'per_channel_affine');
const PER_CHANNEL_FLOAT = name('torch', 'per_channel_affine_float_qparams');
const HALF = 'G\x3f\xe0\x00\x00\x00\x00\x00\x00';

describe('state dicts', () => {
  it('count the entries of all shards together', () => {
    const failure = new CheckpointFailure('model.bin.index.json');
    const builder = new StateDictBuilder(failure);
    builder.announce(30_000, failure);
    expect(() => builder.announce(30_000, failure)).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_LIMIT_EXCEEDED' }),
    );
  });

  it('tell the layout of packed Linears where versions are missing', async () => {
    await using checkpoint = await openCheckpointSource(new MemoryByteSource(packedModules(), 'made.bin'));
    const ranges = [...checkpoint.stateDict.dynamicLinears.values()].map(({ module, activationRange, hasBias }) => [
      module,
      activationRange,
      hasBias,
    ]);
    // Layouts 3 and 4 are alike, and 4 is today's; 1 and 2 are from before activations of 7 bits.
    expect(ranges).toEqual([
      ['a', 'reduce-range', true],
      ['b', 'full', false],
      ['c', 'full', false],
    ]);
  });

  it.each(['state_dict', 'model_state_dict', 'model'])('are found under %s', async (key) => {
    await using checkpoint = await openZip(dict({ step: int(3), [key]: dict({ 'bert.w': VECTOR }) }), FLOATS);
    expect([...checkpoint.stateDict.tensors.keys()]).toEqual(['bert.w']);
    expect([...checkpoint.stateDict.ignoredEntries]).toEqual([['step', 'int']]);
  });

  it('leave out what is no tensor, saying what it was', async () => {
    const odd: ReadonlyArray<readonly [string, string]> = [
      [text('w'), VECTOR],
      [int(7), VECTOR],
      [text('none'), 'N'],
      [text('size'), call('torch', 'Size', tuple(int(1)))],
      [text('dtype'), name('torch', 'float16')],
    ];
    await using checkpoint = await openZip(dict(odd), FLOATS);
    expect([...checkpoint.stateDict.tensors.keys()]).toEqual(['w']);
    expect(Object.fromEntries(checkpoint.stateDict.ignoredEntries)).toEqual({
      7: 'torch._utils._rebuild_tensor_v2() under a key that is not a string',
      none: 'None',
      size: 'torch.Size()',
      dtype: 'torch.float16',
    });
  });

  it('read sizes given as torch.Size, and parameters around tensors', async () => {
    const size = call('torch', 'Size', tuple(int(2)));
    const tensor = call(
      'torch._utils',
      '_rebuild_tensor_v2',
      storage('FloatStorage', '0', 2),
      int(0),
      size,
      tuple(int(1)),
      '\x89',
      '}',
    );
    const parameter = call('torch._utils', '_rebuild_parameter', tensor, '\x88', '}');
    await using checkpoint = await openZip(dict({ w: parameter }), FLOATS);
    expect([...((await checkpoint.stateDict.tensors.get('w')?.readFloat32()) ?? [])]).toEqual([1, 2]);
  });

  it('leave out quantized types that are not read', async () => {
    const place = storage('QUInt2x4Storage', '0', 8);
    const scheme = tuple(name('torch', 'per_tensor_affine'), int(1), int(0));
    const tensor = call(
      'torch._utils',
      '_rebuild_qtensor',
      place,
      int(0),
      tuple(int(32)),
      tuple(int(1)),
      scheme,
      '\x89',
      '}',
    );
    await using checkpoint = await openZip(dict({ w: tensor, v: VECTOR }), FLOATS);
    const { tensors, ignoredEntries } = checkpoint.stateDict;
    expect([...tensors.keys()]).toEqual(['v']);
    expect(ignoredEntries.get('w')).toBe('tensor of unsupported type torch.QUInt2x4Storage');
  });

  it('may share a storage', async () => {
    await using checkpoint = await openZip(dict({ a: VECTOR, b: VECTOR }), FLOATS);
    const { tensors } = checkpoint.stateDict;
    expect(tensors.get('a')?.extent).toEqual(tensors.get('b')?.extent);
  });

  it.each<[string, string, string]>([
    [
      'two entries for one tensor',
      dict({ 'x.weight': VECTOR, 'x._packed_params.weight': VECTOR }),
      'two entries stand for tensor x.weight',
    ],
    [
      'packed parameters that are no pair',
      dict({ w: VECTOR, 'x._packed_params._packed_params': tuple(VECTOR) }),
      'the packed parameters of x are tuple',
    ],
    [
      'a packed weight that is no tensor',
      dict({ w: VECTOR, 'x._packed_params._packed_params': tuple('N', 'N') }),
      'packed weight x.weight is None',
    ],
    [
      'a packed weight of one dimension',
      dict({ 'x._packed_params._packed_params': tuple(VECTOR, 'N') }),
      'the packed weight of x has 1 dimensions',
    ],
    [
      'a parameter of nothing',
      dict({ w: call('torch._utils', '_rebuild_parameter', 'N', '\x88', '}') }),
      'parameter w holds None',
    ],
    [
      'a tensor without a storage',
      dict({ w: call('torch._utils', '_rebuild_tensor_v2', 'N') }),
      'a tensor is built from None',
    ],
    ['a storage class that is none', dict({ w: vector('qint8', '0', 2) }), 'torch.qint8 is no storage class'],
    ['a storage that is larger than it says', dict({ w: vector('FloatStorage', '0', 1) }), 'needs 4 bytes and has 8'],
    ['a storage that is smaller than it says', dict({ w: vector('FloatStorage', '0', 3) }), 'needs 12 bytes and has 8'],
    ['a quantized storage without scales', dict({ w: vector('QInt8Storage', '0', 8) }), 'without their scales'],
  ])('refuse %s', async (_, pickle, message) => {
    await expect(openZip(pickle, FLOATS)).rejects.toMatchObject({
      code: 'CHECKPOINT_MALFORMED',
      message: expect.stringContaining(message),
    });
  });

  it('do not nest parameters for ever', async () => {
    let nested = VECTOR;
    for (let depth = 0; depth < 5; depth += 1) nested = call('torch._utils', '_rebuild_parameter', nested, '\x88', '}');
    await expect(openZip(dict({ w: nested }), FLOATS)).rejects.toMatchObject({ code: 'CHECKPOINT_MALFORMED' });
  });
});

describe('quantized tensors', () => {
  const bytes = new Uint8Array(4);

  it('may name the float scheme, whatever the type of their zero points', async () => {
    await using checkpoint = await openZip(
      dict({ w: qtensor(PER_CHANNEL_FLOAT, list(HALF, HALF), list(int(1), int(2)), int(0)) }),
      bytes,
    );
    expect(checkpoint.stateDict.tensors.get('w')?.quantization).toEqual({
      granularity: 'per-channel',
      axis: 0,
      scales: Float64Array.of(0.5, 0.5),
      zeroPoints: Float64Array.of(1, 2),
      zeroPointType: 'float',
    });
  });

  it.each<[string, string[], string, string]>([
    [
      'another scheme',
      [name('torch', 'qint8'), HALF, int(0)],
      'CHECKPOINT_MALFORMED',
      'has the quantization scheme torch.qint8',
    ],
    [
      'no scale',
      [name('torch', 'per_tensor_affine'), 'N', int(0)],
      'CHECKPOINT_MALFORMED',
      'has no number for scale or zero point',
    ],
    [
      'too few scales',
      [PER_CHANNEL, list(HALF), list(int(0), int(0)), int(0)],
      'CHECKPOINT_MALFORMED',
      'w scales are not 2 numbers',
    ],
    [
      'scales that are text',
      [PER_CHANNEL, text('no'), list(int(0), int(0)), int(0)],
      'CHECKPOINT_MALFORMED',
      'not a tensor of 2 numbers',
    ],
    [
      'an axis that is not there',
      [PER_CHANNEL, list(), list(), int(2)],
      'CHECKPOINT_INVALID_QUANTIZATION',
      'axis 2 does not exist',
    ],
    [
      'a scale of 0',
      [name('torch', 'per_tensor_affine'), int(0), int(0)],
      'CHECKPOINT_INVALID_QUANTIZATION',
      'the scale is 0',
    ],
  ])('are refused with %s', async (_, qparams, code, message) => {
    await expect(openZip(dict({ w: qtensor(...qparams) }), bytes)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});

/** A tensor without dimensions. */
function scalar(storageClass: string, key: string): string {
  return call('torch._utils', '_rebuild_tensor_v2', storage(storageClass, key, 1), int(0), ')', ')', '\x89', '}');
}

/** A packed Linear that says how its output would be quantized. */
function openPacked(scale: number, zeroPoint: number): Promise<Checkpoint> {
  const entries = {
    'x.scale': scalar('FloatStorage', '1'),
    'x.zero_point': scalar('LongStorage', '2'),
    'x._packed_params._packed_params': tuple(qtensor(name('torch', 'per_tensor_affine'), HALF, int(0)), 'N'),
  };
  const storages = [new Int8Array(4), Float32Array.of(scale), BigInt64Array.of(BigInt(zeroPoint))];
  return openZip(dict(entries), ...storages.map(({ buffer }) => new Uint8Array(buffer)));
}

describe('packed Linears', () => {
  it('are dynamic when their output is not quantized', async () => {
    await using checkpoint = await openPacked(1, 0);
    expect([...checkpoint.stateDict.dynamicLinears.values()]).toEqual([
      { module: 'x', activationRange: 'reduce-range', hasBias: false },
    ]);
    expect([...checkpoint.stateDict.tensors.keys()]).toEqual(['x.weight']);
    expect([...checkpoint.stateDict.ignoredEntries.keys()].sort()).toEqual(['x.bias', 'x.scale', 'x.zero_point']);
  });

  it.each([
    [0.5, 0, 'x with x.scale 0.5'],
    [1, 64, 'x with x.zero_point 64'],
  ])('are refused when static: output scale %d, zero point %d', async (scale, zeroPoint, message) => {
    await expect(openPacked(scale, zeroPoint)).rejects.toMatchObject({
      code: 'CHECKPOINT_UNSUPPORTED',
      message: expect.stringContaining(`holds the statically quantized Linear ${message}`),
    });
  });
});

describe('legacy streams', () => {
  const MAGIC = Uint8Array.of(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e);

  function openLegacy({
    isLittle = true,
    count = 2,
    keys = list(text('0')),
    entries = {} as Readonly<Record<string, string>>,
  }): Promise<Checkpoint> {
    const header = new Uint8Array(8);
    new DataView(header.buffer).setBigInt64(0, BigInt(count), true);
    const pickles = [
      'M\xe9\x03',
      dict({ little_endian: isLittle ? '\x88' : '\x89' }),
      dict({ w: VECTOR, ...entries }),
      keys,
    ].map(pickleBytes);
    return openCheckpointSource(new MemoryByteSource(Buffer.concat([MAGIC, ...pickles, header, FLOATS]), 'made.bin'));
  }

  it('are read', async () => {
    await using checkpoint = await openLegacy({});
    expect(checkpoint.format).toBe('torch-legacy');
    expect([...((await checkpoint.stateDict.tensors.get('w')?.readFloat32()) ?? [])]).toEqual([1, 2]);
  });

  it('are read when their pickles are longer than the first look at them', async () => {
    await using checkpoint = await openLegacy({ entries: { note: text('long '.repeat(100_000)) } });
    expect([...((await checkpoint.stateDict.tensors.get('w')?.readFloat32()) ?? [])]).toEqual([1, 2]);
  });

  it('are refused when big-endian', async () => {
    await expect(openLegacy({ isLittle: false })).rejects.toMatchObject({ code: 'CHECKPOINT_UNSUPPORTED' });
  });

  it.each([
    ['another element count', { count: 3 }, 'storage 0 has 3 elements instead of 2'],
    ['a negative element count', { count: -1 }, 'storage 0 has -1 elements instead of 2'],
    ['a storage twice', { keys: list(text('0'), text('0')) }, 'the list of storages does not fit the tensors'],
    ['an unknown storage', { keys: list(text('9')) }, 'the list of storages does not fit the tensors'],
    ['no list of storages', { keys: 'N' }, 'the list of storages is missing'],
    ['an unlisted storage', { keys: list() }, 'there is no record of storage 0'],
  ])('are refused with %s', async (_, options, message) => {
    await expect(openLegacy(options)).rejects.toMatchObject({
      code: 'CHECKPOINT_MALFORMED',
      message: expect.stringContaining(message),
    });
  });
});

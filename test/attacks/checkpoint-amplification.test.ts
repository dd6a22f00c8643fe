import { describe, expect, it } from 'vitest';
import type { CheckpointErrorCode } from '../../src/checkpoint/checkpoint-error.ts';
import { listGlobals } from '../../src/checkpoint/list-globals.ts';
import { openCheckpointSource } from '../../src/checkpoint/open-checkpoint.ts';
import { MemoryByteSource } from '../../src/kernel/byte-source.ts';
import {
  call,
  dict,
  int,
  name,
  pickleBytes,
  storage,
  text,
  torchZip,
  tuple,
  vector,
} from '../fixtures/checkpoint/pickle-writer.ts';
import { writeZip, type ZipOptions } from '../fixtures/checkpoint/zip-writer.ts';

/** Writes the value, and remembers it in memo slot 0. */
const remembered = (value: string): string => `${value}q\0`;
const REMEMBERED = 'h\0';

function int32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return `J${bytes.toString('latin1')}`;
}

/** Sets `count` items of the dict on the stack, all to the remembered value. */
function items(count: number): string {
  const batches: string[] = [];
  for (let done = 0; done < count; done += 5000) {
    const keys = Array.from({ length: Math.min(5000, count - done) }, (_, index) => text(`k${done + index}`));
    batches.push(`(${keys.map((key) => `${key}${REMEMBERED}`).join('')}u`);
  }
  return batches.join('');
}

/** A vector of `length` elements that are all the one element of its storage. */
function expanded(storageClass: string, key: string, length: number): string {
  const place = storage(storageClass, key, 1);
  return call('torch._utils', '_rebuild_tensor_v2', place, int(0), tuple(int32(length)), tuple(int(0)), '\x89', '}');
}

function quantized(channels: number): string {
  const scales = expanded('DoubleStorage', '1', channels);
  const scheme = tuple(name('torch', 'per_channel_affine'), scales, expanded('LongStorage', '2', channels), int(0));
  const place = storage('QInt8Storage', '0', 1);
  return call(
    'torch._utils',
    '_rebuild_qtensor',
    place,
    int(0),
    tuple(int32(channels)),
    tuple(int(0)),
    scheme,
    '\x89',
    '}',
  );
}

const ONE = new Uint8Array(Float64Array.of(1).buffer);
/** Makes the file large, which is what lets its tensors be. */
const PADDING = new Uint8Array(1_000_000);

/** Small files that ask for much memory or time, and what stops them. */
const GREEDY: ReadonlyArray<
  readonly [what: string, file: () => Uint8Array, code: CheckpointErrorCode, message: string]
> = [
  [
    'a million dicts of two bytes each',
    () => torchZip(`]${'}a'.repeat(1_000_000)}`),
    'CHECKPOINT_LIMIT_EXCEEDED',
    'makes 200001 objects',
  ],
  [
    'a tuple a million deep',
    () => torchZip(`)${'\x85'.repeat(990_000)}`),
    'CHECKPOINT_LIMIT_EXCEEDED',
    'makes 200001 objects',
  ],
  [
    'one tensor under 60,000 names',
    () => torchZip(`${dict({ w: remembered(vector('FloatStorage', '0', 4)) })}${items(60_000)}`, new Uint8Array(16)),
    'CHECKPOINT_LIMIT_EXCEEDED',
    'the state dict has 60001 entries, more than the limit of 50000',
  ],
  [
    // 1.2e10 comparisons, if each were searched for a tensor.
    'one list of 300,000 under 40,000 names',
    () => torchZip(`}${text('l')}${remembered(']')}${`(${'N'.repeat(10_000)}e`.repeat(30)}s${items(40_000)}`),
    'CHECKPOINT_NOT_A_CHECKPOINT',
    'without readable tensors',
  ],
  [
    // 1e10 attributes to copy, if each were kept every time.
    'a state of 50,000 attributes, set 200,000 times',
    () =>
      torchZip(
        `${remembered('}')}${items(50_000)}${call('collections', 'OrderedDict')}${`${REMEMBERED}b`.repeat(200_000)}\x86`,
      ),
    'CHECKPOINT_LIMIT_EXCEEDED',
    'sets 50000 attributes',
  ],
  [
    // 1.6 GB of scales and zero points in 1 MB, if each had arrays of its own.
    '1000 quantized tensors of 100,000 channels that are one number',
    () =>
      writeZip([
        { name: 'a/data.pkl', data: pickleBytes(`${dict({ w: remembered(quantized(100_000)) })}${items(1000)}`) },
        { name: 'a/data/0', data: new Uint8Array(1) },
        { name: 'a/data/1', data: ONE },
        { name: 'a/data/2', data: new Uint8Array(8) },
        { name: 'a/padding', data: PADDING },
      ]),
    'CHECKPOINT_LIMIT_EXCEEDED',
    'the scales and zero points up to k0 scales are 300000 numbers',
  ],
  [
    'a forbidden global before 300,000 others',
    () => torchZip(name('posix', 'system') + name('a', 'b').repeat(300_000)),
    'CHECKPOINT_FORBIDDEN_GLOBAL',
    'names the forbidden global posix.system',
  ],
  [
    'a safetensors header of 5 million arrays',
    () => safetensors(`{"__metadata__":[${'[],'.repeat(5_000_000)}[]]}`),
    'CHECKPOINT_LIMIT_EXCEEDED',
    'the safetensors header has 10000003 values, more than the limit of 1000000',
  ],
  [
    'a safetensors header nested a million deep',
    () => safetensors(`{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`),
    'CHECKPOINT_MALFORMED',
    'is nested 1000001 levels deep',
  ],
  [
    'a safetensors header of 17 MB',
    () => safetensors(`{${' '.repeat(17_000_000)}}`),
    'CHECKPOINT_LIMIT_EXCEEDED',
    'the safetensors header has 17000002 bytes',
  ],
  [
    'an empty safetensors tensor whose strides are beyond all numbers',
    () => safetensors('{"a":{"dtype":"F32","shape":[0,9007199254740991,4],"data_offsets":[0,0]}}'),
    'CHECKPOINT_MALFORMED',
    'tensor a: shape [0, 9007199254740991, 4]',
  ],
];

function safetensors(header: string, dataBytes = 0): Uint8Array {
  const bytes = Buffer.alloc(8 + header.length + dataBytes);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8, 'latin1');
  return bytes;
}

describe('small files that ask for much', () => {
  it.each(GREEDY)('refuses %s', async (_, file, code, message) => {
    await expect(openCheckpointSource(new MemoryByteSource(file()))).rejects.toMatchObject({
      name: 'CheckpointError',
      code,
      message: expect.stringContaining(message),
    });
  });

  it('still reads quantized tensors that have their scales in the file', async () => {
    const [pickle, zeroPoints] = [dict({ w: quantized(1) }), new Uint8Array(8)];
    await using checkpoint = await openCheckpointSource(
      new MemoryByteSource(torchZip(pickle, new Uint8Array(1), ONE, zeroPoints)),
    );
    expect(checkpoint.stateDict.tensors.get('w')?.quantization).toMatchObject({ scales: Float64Array.of(1) });
  });
});

describe('names that mean something to JavaScript', () => {
  it('are names like others in a pickle', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const pickle = dict(names.map((key) => [text(key), vector('FloatStorage', '0', 4)] as const));
    await using checkpoint = await openCheckpointSource(new MemoryByteSource(torchZip(pickle, new Uint8Array(16))));
    expect([...checkpoint.stateDict.tensors.keys()]).toEqual(names);
  });

  it('are names like others in safetensors, and give no properties', async () => {
    const entry = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
    await using checkpoint = await openCheckpointSource(new MemoryByteSource(safetensors(`{"__proto__":${entry}}`, 4)));
    expect([...checkpoint.stateDict.tensors.keys()]).toEqual(['__proto__']);
    const inherited = openCheckpointSource(new MemoryByteSource(safetensors(`{"a":{"__proto__":${entry}}}`, 4)));
    await expect(inherited).rejects.toMatchObject({ code: 'CHECKPOINT_MALFORMED' });
  });
});

describe('the list of globals', () => {
  it('takes 300,000 mentions of one global for one', async () => {
    const file = torchZip(name('a', 'b').repeat(300_000) + name('posix', 'system'));
    const names = (await listGlobals(new MemoryByteSource(file))).map((global) => `${global.module}.${global.name}`);
    expect(names).toEqual(['a.b', 'posix.system']);
  });

  it('does not end quietly before all was seen', async () => {
    const padding = Array.from({ length: 10_000 }, (_, index) => name('a', `b${index}`)).join('');
    for (const pickle of [padding + name('posix', 'system'), 'N'.repeat(17_000_000)]) {
      const source = new MemoryByteSource(torchZip(pickle));
      await expect(listGlobals(source)).rejects.toMatchObject({ code: 'CHECKPOINT_LIMIT_EXCEEDED' });
    }
  });
});

describe('zip archives that lie', () => {
  it.each<[string, Uint8Array, string]>([
    [
      'two records of the same bytes',
      writeZip([
        { name: 'a/data.pkl', data: 'N.' },
        { name: 'a/data/0', data: 'abcd' },
        { name: 'a/data/1', data: '', sizeBytes: 4, crc: 0, localOffset: 47 },
      ]),
      'overlaps the one before it',
    ],
    [
      'a zip64 offset of 2^63',
      writeZip([{ name: 'a/data.pkl', data: 'N.', zip64: true, localOffset: 2 ** 63 }]),
      'is said to lie at byte 922337203685',
    ],
    [
      'a zip64 size of 2^63',
      writeZip([{ name: 'a/data.pkl', data: 'N.', zip64: true, sizeBytes: 2 ** 63 }]),
      'bytes reaches past the',
    ],
    ...(
      [
        [{ zip64End: { entryCount: 2 ** 52 } }, 'has 4503599627370496 entries'],
        [{ zip64End: { byteOffset: 2n ** 64n - 1n } }, 'reaches past the end record'],
      ] satisfies Array<[ZipOptions, string]>
    ).map(([options, message]): [string, Uint8Array, string] => [
      `an end record where ${message}`,
      writeZip([{ name: 'a/data.pkl', data: 'N.' }], options),
      message,
    ]),
  ])('are refused: %s', async (_, file, message) => {
    await expect(openCheckpointSource(new MemoryByteSource(file))).rejects.toMatchObject({
      name: 'CheckpointError',
      message: expect.stringContaining(message),
    });
  });
});

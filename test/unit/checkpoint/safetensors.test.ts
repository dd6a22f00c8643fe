import { describe, expect, it } from 'vitest';
import { openCheckpointSource } from '../../../src/checkpoint/open-checkpoint.ts';
import type { Checkpoint } from '../../../src/checkpoint/state-dict.ts';
import { MemoryByteSource } from '../../../src/kernel/byte-source.ts';

function open(header: unknown, dataBytes: number, headerBytes?: bigint): Promise<Checkpoint> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes).map((_, index) => index);
  new DataView(bytes.buffer).setBigUint64(0, headerBytes ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return openCheckpointSource(new MemoryByteSource(bytes, 'test.safetensors'));
}

const A = { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] };

describe('safetensors', () => {
  it('reads tensors at their offsets, whatever the alignment', async () => {
    await using checkpoint = await open(
      {
        __metadata__: { format: 'pt' },
        a: A,
        odd: { dtype: 'U8', shape: [3], data_offsets: [24, 27] },
        half: { dtype: 'BF16', shape: [1], data_offsets: [27, 29] },
        scalar: { dtype: 'I64', shape: [], data_offsets: [29, 37] },
        empty: { dtype: 'F64', shape: [0, 7], data_offsets: [37, 37] },
        small: { dtype: 'F8_E4M3', shape: [2], data_offsets: [37, 39] },
      },
      39,
    );
    const { tensors, ignoredEntries, format } = checkpoint.stateDict;
    expect(format).toBe('safetensors');
    expect(checkpoint.globals).toEqual([]);
    expect([...tensors.values()].map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['a', 'float32', [2, 3]],
      ['odd', 'uint8', [3]],
      ['half', 'bfloat16', [1]],
      ['scalar', 'int64', []],
      ['empty', 'float64', [0, 7]],
    ]);
    expect([...ignoredEntries]).toEqual([['small', 'tensor of unsupported type F8_E4M3']]);
    const odd = tensors.get('odd');
    const start = odd?.extent.byteOffset ?? 0;
    expect([...((await odd?.readElements()) ?? [])]).toEqual([start, start + 1, start + 2].map((value) => value & 255));
    expect((await tensors.get('empty')?.readElements())?.length).toBe(0);
  });

  it.each<[string, unknown, number, string, string]>([
    ['no JSON', '{"a":', 0, 'CHECKPOINT_MALFORMED', 'is not JSON'],
    ['a hole', { a: { ...A, data_offsets: [4, 28] } }, 28, 'CHECKPOINT_MALFORMED', 'begins at 4'],
    ['an overlap', { a: A, b: { ...A, data_offsets: [20, 44] } }, 44, 'CHECKPOINT_MALFORMED', 'begins at 20'],
    ['bytes nobody owns', { a: A }, 30, 'CHECKPOINT_MALFORMED', 'cover 24 of the 30 bytes'],
    ['missing bytes', { a: A }, 20, 'CHECKPOINT_TRUNCATED', 'need 24 bytes of data and the file has 20'],
    ['another size than the shape says', { a: { ...A, shape: [2, 2] } }, 24, 'CHECKPOINT_MALFORMED', 'has 24 bytes'],
    ['an overflowing shape', { a: { ...A, shape: [2 ** 52, 2 ** 52] } }, 24, 'CHECKPOINT_MALFORMED', 'has 24 bytes'],
    ['a negative size', { a: { ...A, shape: [-2, -3] } }, 24, 'CHECKPOINT_MALFORMED', 'has no valid shape'],
    ['a fractional size', { a: { ...A, shape: [1.5] } }, 24, 'CHECKPOINT_MALFORMED', 'has no valid shape'],
    ['reversed offsets', { a: { ...A, data_offsets: [24, 0] } }, 24, 'CHECKPOINT_MALFORMED', 'before it begins'],
    ['three offsets', { a: { ...A, data_offsets: [0, 24, 24] } }, 24, 'CHECKPOINT_MALFORMED', 'no valid data_offsets'],
    ['no dtype', { a: { ...A, dtype: 4 } }, 24, 'CHECKPOINT_MALFORMED', 'has no dtype'],
    ['a number for a tensor', { a: 1 }, 0, 'CHECKPOINT_MALFORMED', 'is not an object'],
    ['a name __proto__ for a tensor', '{"__proto__":1}', 0, 'CHECKPOINT_MALFORMED', 'entry __proto__ is not an object'],
    ['no tensors', { __metadata__: {} }, 0, 'CHECKPOINT_NOT_A_CHECKPOINT', 'without readable tensors'],
  ])('refuses %s', async (_, header, dataBytes, code, message) => {
    await expect(open(header, dataBytes)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('refuses headers longer than the file or than the limit', async () => {
    await expect(open({ a: A }, 24, 5000n)).rejects.toMatchObject({ code: 'CHECKPOINT_TRUNCATED' });
    await expect(open({ a: A }, 24, 2n ** 40n)).rejects.toMatchObject({ code: 'CHECKPOINT_LIMIT_EXCEEDED' });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryByteSource } from '../../../src/kernel/byte-source.ts';
import type { Dtype } from '../../../src/tensor/dtype.ts';
import { elementSpan } from '../../../src/tensor/geometry.ts';
import { StoredTensor, type StoredTensorDescription } from '../../../src/tensor/stored-tensor.ts';
import type { TensorElements } from '../../../src/tensor/tensor.ts';

/** A tensor over `data`, which starts at byte 3 of its file: nothing may rely on alignment. */
function tensorOver(
  data: TensorElements,
  description: Partial<StoredTensorDescription> & Pick<StoredTensorDescription, 'dtype' | 'shape' | 'strides'>,
): StoredTensor {
  const bytes = new Uint8Array(3 + data.byteLength + 4096);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 3);
  const storage = { byteOffset: 3, byteLength: data.byteLength };
  return new StoredTensor(new MemoryByteSource(bytes), {
    name: 't',
    storageOffset: 0,
    storage,
    quantization: null,
    ...description,
  });
}

/** All indices of a shape, in row-major order. */
function* indices(shape: readonly number[]): Generator<number[]> {
  const [size, ...rest] = shape;
  if (size === undefined) return void (yield []);
  for (let i = 0; i < size; i += 1) for (const tail of indices(rest)) yield [i, ...tail];
}

const KINDS: ReadonlyArray<readonly [Dtype, (count: number) => TensorElements]> = [
  ['uint8', (n) => Uint8Array.from({ length: n }, (_, i) => i * 7)],
  ['int16', (n) => Int16Array.from({ length: n }, (_, i) => i * 251)],
  ['float32', (n) => Float32Array.from({ length: n }, (_, i) => i + 0.5)],
  ['int64', (n) => BigInt64Array.from({ length: n }, (_, i) => BigInt(i) << 40n)],
];

describe('StoredTensor', () => {
  it('reads any strides as naive indexing does, whole and by rows', async () => {
    const dimension = fc.record({ size: fc.integer({ min: 1, max: 5 }), stride: fc.integer({ min: 0, max: 9 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(dimension, { maxLength: 4 }),
        fc.nat({ max: 5 }),
        fc.constantFrom(...KINDS),
        fc.nat(),
        fc.nat(),
        async (dimensions, storageOffset, [dtype, make], from, to) => {
          const shape = dimensions.map(({ size }) => size);
          const strides = dimensions.map(({ stride }) => stride);
          const data = make(storageOffset + elementSpan(shape, strides));
          const tensor = tensorOver(data, { dtype, shape, strides, storageOffset });
          const naive = [...indices(shape)].map(
            (index) => data[index.reduce((sum, i, axis) => sum + i * (strides[axis] ?? 0), storageOffset)],
          );
          expect([...(await tensor.readElements())]).toEqual(naive);

          const rows = shape[0] ?? 1;
          const [startRow = 0, endRow = 0] = [from % (rows + 1), to % (rows + 1)].sort((a, b) => a - b);
          const rowLength = naive.length / rows;
          const part = await tensor.readElements({ startRow, rowCount: endRow - startRow });
          expect([...part]).toEqual(naive.slice(startRow * rowLength, endRow * rowLength));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads just the rows asked for, straight into the result', async () => {
    const reads: Array<[position: number, length: number]> = [];
    class CountingSource extends MemoryByteSource {
      override async read(target: Uint8Array, position: number): Promise<void> {
        reads.push([position, target.byteLength]);
        await super.read(target, position);
      }
    }
    const source = new CountingSource(new Uint8Array(1000));
    const storage = { byteOffset: 100, byteLength: 400 };
    const tensor = new StoredTensor(source, {
      name: 't',
      dtype: 'float32',
      shape: [10, 10],
      strides: [10, 1],
      storageOffset: 0,
      storage,
      quantization: null,
    });
    await tensor.readFloat32({ startRow: 7, rowCount: 2 });
    expect(reads).toEqual([[100 + 7 * 40, 80]]);
  });

  it('unpacks two 4-bit values a byte, the even one in the low nibble, at odd offsets too', async () => {
    const quantization = { granularity: 'per-tensor', scale: 1, zeroPoint: 0 } as const;
    const packed = Uint8Array.of(0x21, 0x43, 0x65);
    const dense = tensorOver(packed, { dtype: 'quint4x2', shape: [3, 2], strides: [2, 1], quantization });
    expect([...(await dense.readElements())]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(await dense.readElements({ startRow: 1, rowCount: 1 }))]).toEqual([3, 4]);
    const odd = tensorOver(packed, {
      dtype: 'quint4x2',
      shape: [2, 2],
      strides: [1, 2],
      storageOffset: 1,
      quantization,
    });
    expect([...(await odd.readElements())]).toEqual([2, 4, 3, 5]);
  });

  it('converts to float32', async () => {
    const read = (dtype: Dtype, data: TensorElements): Promise<Float32Array> =>
      tensorOver(data, { dtype, shape: [data.length], strides: [1] }).readFloat32();
    expect([...(await read('float64', Float64Array.of(0.1, -2)))]).toEqual([Math.fround(0.1), -2]);
    expect([...(await read('float16', Uint16Array.of(0x3c00, 0xc000)))]).toEqual([1, -2]);
    expect([...(await read('bfloat16', Uint16Array.of(0x3f80, 0xc000)))]).toEqual([1, -2]);
    expect([...(await read('int64', BigInt64Array.of(-5n, 2n ** 40n)))]).toEqual([-5, 2 ** 40]);
    expect([...(await read('bool', Uint8Array.of(0, 1, 255)))]).toEqual([0, 1, 1]);
    const complex = tensorOver(Float32Array.of(1, 2), { dtype: 'complex64', shape: [1], strides: [1] });
    await expect(complex.readFloat32()).rejects.toMatchObject({ code: 'TENSOR_NO_CONVERSION' });
    expect([...(await complex.readElements())]).toEqual([1, 2]);
  });

  it('dequantizes rows with the scales of those rows', async () => {
    const quantization = {
      granularity: 'per-channel',
      axis: 0,
      scales: Float64Array.of(1, 10, 100),
      zeroPoints: Float64Array.of(0, 1, 2),
      zeroPointType: 'int',
    } as const;
    const tensor = tensorOver(Int8Array.of(1, 2, 3, 4, 5, 6), {
      dtype: 'qint8',
      shape: [3, 2],
      strides: [2, 1],
      quantization,
    });
    expect([...(await tensor.readFloat32({ startRow: 1 }))]).toEqual([20, 30, 300, 400]);
  });

  it.each([
    [{ startRow: -1 }],
    [{ startRow: 3, rowCount: 1 }],
    [{ startRow: 4 }],
    [{ rowCount: 1.5 }],
    [{ startRow: Number.NaN }],
  ])('refuses rows %o of 3', async (options) => {
    const tensor = tensorOver(new Uint8Array(6), { dtype: 'uint8', shape: [3, 2], strides: [2, 1] });
    await expect(tensor.readElements(options)).rejects.toThrow(RangeError);
  });

  it('stops when aborted', async () => {
    const tensor = tensorOver(new Uint8Array(6), { dtype: 'uint8', shape: [3, 2], strides: [2, 1] });
    await expect(tensor.readElements({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  it('refuses an expanded view larger than its file', () => {
    expect(() => tensorOver(new Uint8Array(1), { dtype: 'uint8', shape: [2 ** 40], strides: [0] })).toThrow(
      expect.objectContaining({ code: 'TENSOR_LIMIT_EXCEEDED' }),
    );
  });
});

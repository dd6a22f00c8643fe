import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtobufWriter } from '../../../src/kernel/protobuf-writer.ts';

/** Fields of a message as [number, wire type, value], as the wire format documentation has them. */
function decode(bytes: Uint8Array): [number, number, bigint | Uint8Array][] {
  const fields: [number, number, bigint | Uint8Array][] = [];
  let position = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[position++]!);
      value |= (byte & 127n) << shift;
      if (byte < 128n) return value;
    }
  };
  while (position < bytes.length) {
    const tag = varint();
    const wireType = Number(tag & 7n);
    if (wireType === 0) {
      fields.push([Number(tag >> 3n), wireType, varint()]);
      continue;
    }
    const length = wireType === 5 ? 4 : Number(varint());
    fields.push([Number(tag >> 3n), wireType, bytes.subarray(position, (position += length))]);
  }
  return fields;
}

describe('ProtobufWriter', () => {
  it('writes the examples of the documentation', () => {
    expect([...new ProtobufWriter().int(1, 150).toBytes()]).toEqual([0x08, 0x96, 0x01]);
    expect([...new ProtobufWriter().string(2, 'testing').toBytes()]).toEqual([0x12, 0x07, ...Buffer.from('testing')]);
    const inner = new ProtobufWriter().int(1, 150);
    expect([...new ProtobufWriter().message(3, inner).toBytes()]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
    expect([...new ProtobufWriter().int(1, -2).toBytes()]).toEqual([0x08, 0xfe, ...Array(8).fill(0xff), 0x01]);
    expect([...new ProtobufWriter().float(2, 1.5).toBytes()]).toEqual([0x15, 0, 0, 0xc0, 0x3f]);
  });

  it('writes what a reader reads back', () => {
    const field = fc.integer({ min: 1, max: 2 ** 29 - 1 });
    const entry = fc.oneof(fc.tuple(field, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)), fc.tuple(field, fc.uint8Array()));
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const writer = new ProtobufWriter();
        for (const [number, value] of entries) {
          if (typeof value === 'bigint') writer.int(number, value);
          else writer.bytes(number, value);
        }
        const bytes = writer.toBytes();
        expect(bytes.length).toBe(writer.byteLength);
        expect(decode(bytes)).toEqual(
          entries.map(([number, value]) =>
            typeof value === 'bigint' ? [number, 0, BigInt.asUintN(64, value)] : [number, 2, value],
          ),
        );
      }),
    );
  });
});

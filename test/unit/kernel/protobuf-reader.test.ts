import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtobufReader } from '../../../src/kernel/protobuf-reader.ts';
import { ProtobufWriter } from '../../../src/kernel/protobuf-writer.ts';

const reader = (bytes: Uint8Array): ProtobufReader => new ProtobufReader(bytes, (problem) => new Error(problem));

describe('ProtobufReader', () => {
  it('reads what ProtobufWriter writes', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 31),
        fc.string(),
        fc.array(fc.nat(2 ** 40), { maxLength: 20 }),
        fc.uint8Array({ maxLength: 50 }),
        (number, text, numbers, bytes) => {
          const inner = new ProtobufWriter().int(1, number).string(2, text);
          const message = reader(new ProtobufWriter().message(3, inner).packed(4, numbers).bytes(5, bytes).toBytes());
          expect(message.next()).toBe(true);
          const nested = message.message();
          nested.next();
          expect([nested.field, nested.varint()]).toEqual([1, number]);
          nested.next();
          expect([nested.field, nested.text()]).toEqual([2, text]);
          expect(nested.next()).toBe(false);
          message.next();
          expect(message.varints()).toEqual(numbers);
          message.next();
          expect(message.bytes()).toEqual(bytes);
          expect(message.next()).toBe(false);
        },
      ),
    );
  });

  it('reads numbers that are not packed', () => {
    const message = reader(new ProtobufWriter().int(4, 7).toBytes());
    message.next();
    expect(message.varints()).toEqual([7]);
  });

  it.each([
    ['a length beyond the message', [0x0a, 0x05, 1], 'ends within a field'],
    ['a number without end', [0x08, ...Array.from({ length: 11 }, () => 0xff)], 'number without end'],
    ['an unknown wire type', [0x0b], 'unknown wire type 3'],
    ['a text that is no UTF-8', [0x12, 0x01, 0xff], 'no UTF-8'],
  ])('refuses %s', (_name, bytes, problem) => {
    const message = reader(Uint8Array.from(bytes));
    expect(() => {
      while (message.next()) {
        if (message.field === 2) message.text();
        else message.skip();
      }
    }).toThrow(problem);
  });

  it('ends on any bytes, by an error or at their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const message = reader(bytes);
        let fields = 0;
        try {
          while (message.next()) {
            message.skip();
            fields++;
          }
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Error);
        }
        expect(fields).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

import { TextDecoder } from 'node:util';

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 };
const MAX_VARINT_BYTES = 10;

/** Makes the error of the layer that reads, from what is wrong: "ends within a field". */
export type ProtobufFailure = (problem: string, cause?: unknown) => Error;

/**
 * Walks the fields of one protocol buffer message in memory, wire format only; every length is checked against the
 * message, and nothing is copied. Counterpart of `ProtobufWriter`.
 *
 * @see https://protobuf.dev/programming-guides/encoding
 */
export class ProtobufReader {
  /** Number of the field {@link next} moved to. */
  field = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decoder: TextDecoder;
  readonly #fail: ProtobufFailure;
  #position = 0;
  #wire = 0;

  constructor(
    bytes: Uint8Array,
    fail: ProtobufFailure,
    decoder: TextDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#decoder = decoder;
    this.#fail = fail;
  }

  /** Moves to the next field; each must then be read or skipped. @returns false at the end of the message. */
  next(): boolean {
    if (this.#position === this.#bytes.byteLength) return false;
    const tag = this.#rawVarint();
    this.field = Math.floor(tag / 8);
    this.#wire = tag % 8;
    return true;
  }

  /** Numbers above 2^53 lose digits: negative ones too. */
  varint(): number {
    this.#expect(WIRE.varint);
    return this.#rawVarint();
  }

  float(): number {
    this.#expect(WIRE.fixed32);
    return this.#view.getFloat32(this.#advance(4), true);
  }

  /** A view of the message's bytes. */
  bytes(): Uint8Array {
    this.#expect(WIRE.bytes);
    const length = this.#rawVarint();
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(): string {
    return this.decode(this.bytes());
  }

  /** The text of bytes of the message; bytes that are no UTF-8 fail. */
  decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes);
    } catch (cause) {
      throw this.#fail('has a text that is no UTF-8', cause);
    }
  }

  message(): ProtobufReader {
    return new ProtobufReader(this.bytes(), this.#fail, this.#decoder);
  }

  /** Numbers of a repeated field: one varint, or many packed into one field. */
  varints(): number[] {
    if (this.#wire === WIRE.varint) return [this.#rawVarint()];
    const packed = this.message();
    const values: number[] = [];
    while (packed.#position < packed.#bytes.byteLength) values.push(packed.#rawVarint());
    return values;
  }

  skip(): void {
    if (this.#wire === WIRE.varint) this.#rawVarint();
    else if (this.#wire === WIRE.bytes) this.#advance(this.#rawVarint());
    else if (this.#wire === WIRE.fixed32) this.#advance(4);
    else if (this.#wire === WIRE.fixed64) this.#advance(8);
    else throw this.#fail(`has the unknown wire type ${this.#wire}`);
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) throw this.#fail(`has field ${this.field} in wire type ${this.#wire}`);
  }

  /** @returns the position before `length` bytes that are passed over. */
  #advance(length: number): number {
    const start = this.#position;
    if (length > this.#bytes.byteLength - start) throw this.#fail('ends within a field');
    this.#position += length;
    return start;
  }

  #rawVarint(): number {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i += 1) {
      const byte = this.#bytes[this.#advance(1)] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw this.#fail('has a number without end');
  }
}

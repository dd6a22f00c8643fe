/**
 * Writes protocol buffer messages, wire format only (https://protobuf.dev/programming-guides/encoding): enough to
 * build a message without a schema compiler. Chunks are kept by reference, so nesting a message copies nothing.
 */
export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];
  #byteLength = 0;

  /** Bytes written so far. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Varint field (wire type 0) of a signed 64-bit value; negative ones take ten bytes, as protobuf wants. */
  int(field: number, value: number | bigint): this {
    return this.#tag(field, 0).#varint(BigInt(value));
  }

  /** 32-bit float field (wire type 5). */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, 5).#append(bytes);
  }

  /** Length-delimited field (wire type 2); `bytes` is kept, not copied. */
  bytes(field: number, bytes: Uint8Array): this {
    return this.#tag(field, 2).#varint(BigInt(bytes.byteLength)).#append(bytes);
  }

  /** Repeated field of unsigned numbers below 2^53, packed into one (wire type 2). */
  packed(field: number, values: readonly number[]): this {
    const packed = new ProtobufWriter();
    for (const value of values) packed.#varint(BigInt(value));
    return this.message(field, packed);
  }

  /** UTF-8 string field. */
  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** Nested message field. */
  message(field: number, message: ProtobufWriter): this {
    this.#tag(field, 2).#varint(BigInt(message.#byteLength));
    for (const chunk of message.#chunks) this.#append(chunk);
    return this;
  }

  /** The whole message in one array. */
  toBytes(): Uint8Array {
    const result = new Uint8Array(this.#byteLength);
    let position = 0;
    for (const chunk of this.#chunks) {
      result.set(chunk, position);
      position += chunk.byteLength;
    }
    return result;
  }

  #tag(field: number, wireType: number): this {
    return this.#varint((BigInt(field) << 3n) | BigInt(wireType));
  }

  #varint(value: bigint): this {
    let rest = BigInt.asUintN(64, value);
    const bytes: number[] = [];
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.#append(Uint8Array.from(bytes));
  }

  #append(bytes: Uint8Array): this {
    this.#chunks.push(bytes);
    this.#byteLength += bytes.byteLength;
    return this;
  }
}

import type { ByteSource } from '../../kernel/byte-source.ts';
import { malformedOnnx, onnxLimitExceeded } from './onnx-error.ts';

/** Bytes that are read at once. */
const WINDOW_BYTES = 64 * 1024;
/** Longest name or text that is read (CWE-770); names in real graphs stay under 300. */
const MAX_STRING_BYTES = 64 * 1024;
/** Fields that are looked at in one file (CWE-770); a network of 500 layers has fewer. */
const MAX_FIELDS = 500_000;
/** Texts of one file together (CWE-770); those of a network of 500 layers stay under 8 MB. */
const MAX_TEXT_BYTES = 32 * 1024 * 1024;
const MAX_VARINT_BYTES = 10;

/** A part of the source, from `start` up to but not including `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** One field of a message: a number (wire type 0), or the place of its bytes (wire type 2). */
export interface ProtobufField extends ByteRange {
  readonly number: number;
  /** The unsigned value of a varint field, inexact from 2^53 on; 0 for others. */
  readonly value: number;
  readonly isVarint: boolean;
}

/**
 * Reads protocol buffer messages, wire format only, from a file far larger than memory: fields that are not wanted, such
 * as weights, are stepped over without being read. Counterpart of `ProtobufWriter`.
 */
export class ProtobufFields {
  readonly #source: ByteSource;
  readonly #window = new Uint8Array(WINDOW_BYTES);
  #windowStart = 0;
  #windowEnd = 0;
  #fieldCount = 0;
  #textBytes = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Name of the file. */
  get path(): string {
    return this.#source.name;
  }

  /** The whole source as a range. */
  get whole(): ByteRange {
    return { start: 0, end: this.#source.sizeBytes };
  }

  /**
   * The fields of a message, in the order of the file. Those of a fixed width (wire types 1 and 5) are left out: nothing
   * that is read here has one, and taken for a text such a field would hide the one that other readers see (CWE-436).
   *
   * @throws {@link OnnxError} `ONNX_MALFORMED` when a field is broken or leaves the message, `ONNX_LIMIT_EXCEEDED`.
   */
  async *fields(message: ByteRange): AsyncGenerator<ProtobufField, void, undefined> {
    for (let position = message.start; position < message.end;) {
      if (++this.#fieldCount > MAX_FIELDS) throw onnxLimitExceeded(this.path, 'it has too many fields', MAX_FIELDS);
      const at = position;
      const tag = await this.#varint(position, message.end);
      position = tag.next;
      const [number, wireType] = [Math.floor(tag.value / 8), tag.value % 8];
      // 2^29 - 1 is the largest field number there is.
      if (number < 1 || number > 0x1fffffff) throw malformedOnnx(this.path, `field number ${number}`, at);
      if (wireType === 0) {
        const { value, next } = await this.#varint(position, message.end);
        yield { number, value, isVarint: true, start: position, end: next };
        position = next;
        continue;
      }
      const length = await this.#lengthOf(wireType, position, message.end);
      const end = length.next + length.bytes;
      if (!Number.isSafeInteger(end) || end > message.end) {
        throw malformedOnnx(this.path, `a field of ${length.bytes} bytes does not fit into its message`, at);
      }
      if (wireType === 2) yield { number, value: 0, isVarint: false, start: length.next, end };
      position = end;
    }
  }

  /** The text of a field, invalid UTF-8 replaced. */
  async text(range: ByteRange): Promise<string> {
    const length = range.end - range.start;
    if (length > MAX_STRING_BYTES)
      throw onnxLimitExceeded(this.path, `it has a name of ${length} bytes`, MAX_STRING_BYTES);
    this.#textBytes += length;
    if (this.#textBytes > MAX_TEXT_BYTES)
      throw onnxLimitExceeded(this.path, `it has names of ${this.#textBytes} bytes`, MAX_TEXT_BYTES);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      await this.#load(range.start + done);
      const part = this.#window.subarray(range.start + done - this.#windowStart, this.#windowEnd - this.#windowStart);
      const taken = part.subarray(0, length - done);
      bytes.set(taken, done);
      done += taken.byteLength;
    }
    return new TextDecoder().decode(bytes);
  }

  /** Numbers of a repeated field: one varint, or many packed into one field. */
  async numbers(field: ProtobufField, limit: number): Promise<number[]> {
    if (field.isVarint) return [field.value];
    const values: number[] = [];
    for (let position = field.start; position < field.end;) {
      if (values.length >= limit) throw onnxLimitExceeded(this.path, 'a list of numbers is too long', limit);
      const { value, next } = await this.#varint(position, field.end);
      values.push(value);
      position = next;
    }
    return values;
  }

  async #lengthOf(wireType: number, position: number, end: number): Promise<{ bytes: number; next: number }> {
    if (wireType === 1) return { bytes: 8, next: position };
    if (wireType === 5) return { bytes: 4, next: position };
    // Groups (3, 4) are not used by ONNX; 6 and 7 do not exist.
    if (wireType !== 2) throw malformedOnnx(this.path, `wire type ${wireType}`, position);
    const { value, next } = await this.#varint(position, end);
    return { bytes: value, next };
  }

  async #varint(position: number, end: number): Promise<{ value: number; next: number }> {
    let value = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const at = position + index;
      if (at >= end) throw malformedOnnx(this.path, 'it ends within a number', at);
      if (at < this.#windowStart || at >= this.#windowEnd) await this.#load(at);
      const byte = this.#window[at - this.#windowStart] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return { value, next: at + 1 };
    }
    throw malformedOnnx(this.path, `a number of more than ${MAX_VARINT_BYTES} bytes`, position);
  }

  /** Makes the window hold at least the byte at `position`, which is inside the source. */
  async #load(position: number): Promise<void> {
    if (position >= this.#windowStart && position < this.#windowEnd) return;
    const length = Math.min(WINDOW_BYTES, this.#source.sizeBytes - position);
    await this.#source.read(this.#window.subarray(0, length), position);
    this.#windowStart = position;
    this.#windowEnd = position + length;
  }
}

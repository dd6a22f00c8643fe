import { TextDecoder } from 'node:util';
import type { CheckpointError, CheckpointFailure } from '../checkpoint-error.ts';
import { MAX_PICKLE_INTEGER_BYTES, MAX_PICKLE_NAME_BYTES, MAX_PICKLE_STRING_BYTES } from './limits.ts';

const NEWLINE = 0x0a;

/** Reads a pickle byte by byte, checking every length against what is there. */
export class PickleBytes {
  readonly failure: CheckpointFailure;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #base: number;
  readonly #utf8: TextDecoder;
  #at = 0;

  /**
   * @param base - Absolute position of the first byte in the file.
   * @param isStrict - Whether text that is not UTF-8 is an error. Python lets some of it pass, such as lone surrogates.
   */
  constructor(bytes: Uint8Array, base: number, failure: CheckpointFailure, isStrict = true) {
    this.#utf8 = new TextDecoder('utf-8', { fatal: isStrict, ignoreBOM: true });
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
    this.failure = failure;
  }

  /** Absolute position in the file of the next byte. */
  get byteOffset(): number {
    return this.#base + this.#at;
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.byteLength) {
      throw this.failure.truncated(
        `the pickle ends at byte ${this.#base + this.#bytes.byteLength}, inside an instruction or before its STOP`,
        this.byteOffset,
      );
    }
    this.#at = at + length;
    return at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** Floats are the one big-endian thing in a pickle. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A little-endian two's complement integer of `length` bytes. */
  integer(length: number): number | bigint {
    if (length > MAX_PICKLE_INTEGER_BYTES) throw this.#tooLong('an integer', length, MAX_PICKLE_INTEGER_BYTES);
    const at = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(this.#bytes[at + i] ?? 0);
    const signed = BigInt.asIntN(length * 8, value);
    const asNumber = Number(signed);
    return Number.isSafeInteger(asNumber) ? asNumber : signed;
  }

  utf8(length: number): string {
    if (length > MAX_PICKLE_STRING_BYTES) throw this.#tooLong('a string', length, MAX_PICKLE_STRING_BYTES);
    const at = this.#take(length);
    try {
      return this.#utf8.decode(this.#bytes.subarray(at, at + length));
    } catch {
      // TextDecoder's own message says nothing about the file.
      throw this.failure.malformed('the pickle has a string that is not UTF-8', this.#base + at);
    }
  }

  /** Text up to a newline, which is skipped. */
  line(): string {
    const window = this.#bytes.subarray(this.#at, this.#at + MAX_PICKLE_NAME_BYTES + 1);
    const length = window.indexOf(NEWLINE);
    if (length === -1) {
      if (window.byteLength <= MAX_PICKLE_NAME_BYTES) this.#take(window.byteLength + 1);
      throw this.#tooLong('a name', window.byteLength, MAX_PICKLE_NAME_BYTES);
    }
    const text = this.utf8(length);
    this.#take(1);
    return text;
  }

  /** Moves on without reading. */
  skip(length: number): void {
    this.#take(length);
  }

  #tooLong(what: string, length: number, limit: number): CheckpointError {
    return this.failure.limitExceeded(`the pickle has ${what} of ${length} bytes`, limit, this.byteOffset);
  }
}

import type { FileDependencies, ModuleQuestion } from '../resolution/dependencies.ts';

const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;

/** Dependencies as bytes: the number of names, their hashes, all 32 bits little-endian; then the questions as JSON. */
export function packDependencies({ names, questions }: FileDependencies): Uint8Array {
  const text = Buffer.from(JSON.stringify(questions), 'utf8');
  const bytes = new Uint8Array(WORD_BYTES * (1 + names.length) + text.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, names.length, true);
  for (const [at, hash] of names.entries()) view.setUint32(WORD_BYTES * (at + 1), hash, true);
  bytes.set(text, WORD_BYTES * (1 + names.length));
  return bytes;
}

/** What {@link packDependencies} made, read where it is asked for. */
export class PackedDependencies {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #count: number;

  /** @throws TypeError for other bytes. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#count = bytes.byteLength < WORD_BYTES ? -1 : this.#view.getUint32(0, true);
    if (this.#count < 0 || WORD_BYTES * (1 + this.#count) > bytes.byteLength) throw new TypeError('bytes are missing');
  }

  /** Whether one of the names is among the given hashes. */
  hasAnyOf(hashes: ReadonlySet<number>): boolean {
    if (hashes.size === 0) return false;
    for (let at = 1; at <= this.#count; at++) if (hashes.has(this.#view.getUint32(WORD_BYTES * at, true))) return true;
    return false;
  }

  questions(): readonly ModuleQuestion[] {
    const text = this.#bytes.subarray(WORD_BYTES * (1 + this.#count));
    // The border to stored bytes, written by `packDependencies`.
    return JSON.parse(Buffer.from(text).toString('utf8')) as ModuleQuestion[];
  }
}

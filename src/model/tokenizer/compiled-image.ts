import { crc32 } from 'node:zlib';
import { errorMessage } from '../../kernel/errors.ts';
import { malformed } from './tokenizer-error.ts';
import { COMPILED_TOKENIZER_VERSION } from './tokenizer-files.ts';
import { MAX_PIECES } from './unigram/piece-list.ts';

/** "CGTK", read in the machine's byte order: bytes from a machine of the other order are refused. */
const MAGIC = 0x4b544743;
/** magic, version, total bytes, crc32 of what follows the header, piece count, then the byte length of each section. */
const HEADER_WORDS = 10;
const HEADER_BYTES = HEADER_WORDS * 4;
const MAX_COMPILED_BYTES = 512 * 1024 * 1024;
/** Binary sections before the settings. */
const SECTION_COUNT = 4;

/** A compiled tokenizer of any kind: tables as typed arrays see them, and its settings as tokenizer.json has them. */
export interface CompiledImage {
  readonly pieceCount: number;
  /** Four sections; which is what, the kind of the tokenizer says. Each starts at a multiple of 8. */
  readonly sections: readonly Uint8Array[];
  /** tokenizer.json without vocabulary, merges and character map. */
  readonly settings: unknown;
}

/** Packs a tokenizer into one flat array. Sections left out are empty. */
export function packImage({ pieceCount, sections, settings }: CompiledImage): Uint8Array<ArrayBuffer> {
  const binary = Array.from({ length: SECTION_COUNT }, (_, index) => sections[index] ?? new Uint8Array());
  const all = [...binary, Buffer.from(JSON.stringify(settings))];
  const totalBytes = all.reduce((sum, section) => sum + padded(section.byteLength), padded(HEADER_BYTES));
  const compiled = new Uint8Array(totalBytes);
  let position = padded(HEADER_BYTES);
  for (const section of all) {
    compiled.set(section, position);
    position += padded(section.byteLength);
  }
  const checksum = crc32(compiled.subarray(padded(HEADER_BYTES)));
  const lengths = all.map((section) => section.byteLength);
  const header = new Uint32Array(compiled.buffer, 0, HEADER_WORDS);
  header.set([MAGIC, COMPILED_TOKENIZER_VERSION, totalBytes, checksum, pieceCount, ...lengths]);
  return compiled;
}

/**
 * Opens the compiled form without copying the large parts.
 *
 * @param input - What {@link packImage} returned, or the same bytes in shared memory.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when they are not, or are damaged.
 */
export function openImage(input: Uint8Array | SharedArrayBuffer): CompiledImage {
  const { buffer, start, byteLength } = aligned(input);
  const header = new Uint32Array(buffer, start, Math.min(HEADER_WORDS, byteLength >>> 2));
  const [magic, version, totalBytes, checksum, pieceCount = 0, ...lengths] = header;
  if (magic !== MAGIC) throw malformed('The compiled tokenizer', 'does not start with its mark');
  if (version !== COMPILED_TOKENIZER_VERSION) {
    throw malformed('The compiled tokenizer', `has version ${version} instead of ${COMPILED_TOKENIZER_VERSION}`);
  }
  const bodyBytes = lengths.reduce((sum, length) => sum + padded(length), padded(HEADER_BYTES));
  if (header.length !== HEADER_WORDS || totalBytes !== byteLength || bodyBytes !== byteLength) {
    throw malformed('The compiled tokenizer', `has ${byteLength} bytes instead of ${totalBytes}`);
  }
  const body = new Uint8Array(buffer, start + padded(HEADER_BYTES), byteLength - padded(HEADER_BYTES));
  if (crc32(body) !== checksum) throw malformed('The compiled tokenizer', 'does not match its checksum');
  if (pieceCount > MAX_PIECES) throw malformed('The compiled tokenizer', `has ${pieceCount} pieces`);
  let position = start + padded(HEADER_BYTES);
  const sections = lengths.map((length) => {
    const section = new Uint8Array(buffer, position, length);
    position += padded(length);
    return section;
  });
  return { pieceCount, sections: sections.slice(0, SECTION_COUNT), settings: parseSettings(sections.at(-1)) };
}

/**
 * A section as 32-bit numbers.
 *
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when its length is no multiple of 4.
 */
export function wordsOf({ sections }: CompiledImage, index: number): Int32Array {
  const { buffer, byteOffset, byteLength } = sections[index] ?? new Uint8Array();
  if (byteLength % 4 !== 0) throw malformed('The compiled tokenizer', 'has sections of impossible lengths');
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}

/** The bytes under a typed array. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function parseSettings(section: Uint8Array = new Uint8Array()): unknown {
  try {
    // A copy: the decoder wants memory that is not shared.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(section.slice())) as unknown;
  } catch (cause) {
    throw malformed('The compiled tokenizer', `has unreadable settings: ${errorMessage(cause)}`, cause);
  }
}

/** The buffer behind `input`, copied only when it does not start at a multiple of 8. */
function aligned(input: Uint8Array | SharedArrayBuffer): {
  buffer: ArrayBufferLike;
  start: number;
  byteLength: number;
} {
  if (input.byteLength > MAX_COMPILED_BYTES) throw malformed('The compiled tokenizer', `has ${input.byteLength} bytes`);
  if (input instanceof SharedArrayBuffer) return { buffer: input, start: 0, byteLength: input.byteLength };
  if (input.byteOffset % 8 === 0)
    return { buffer: input.buffer, start: input.byteOffset, byteLength: input.byteLength };
  const copy = Uint8Array.from(input);
  return { buffer: copy.buffer, start: 0, byteLength: copy.byteLength };
}

/** Sections start at multiples of 8, as Float64Array wants. */
function padded(byteLength: number): number {
  return Math.ceil(byteLength / 8) * 8;
}

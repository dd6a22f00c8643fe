import { crc32 } from 'node:zlib';
import { errorMessage } from '../../kernel/errors.ts';
import { Charsmap } from './text/charsmap.ts';
import { parseTokenizerConfig, vocabularySizeOf, type TokenizerConfig } from './tokenizer-config.ts';
import { malformed } from './tokenizer-error.ts';
import { COMPILED_TOKENIZER_VERSION } from './tokenizer-files.ts';
import type { PieceList } from './unigram/piece-list.ts';
import { MAX_PIECES } from './unigram/piece-list.ts';
import { PieceTrie } from './unigram/piece-trie.ts';

/** "CGTK", read in the machine's byte order: bytes from a machine of the other order are refused. */
const MAGIC = 0x4b544743;
/** magic, version, total bytes, crc32 of what follows the header, piece count, then the byte length of each section. */
const HEADER_WORDS = 10;
const HEADER_BYTES = HEADER_WORDS * 4;
const MAX_COMPILED_BYTES = 512 * 1024 * 1024;

/** What the compiled form holds, as views of its bytes. */
export interface CompiledTokenizer {
  readonly config: TokenizerConfig;
  /** Log probability of each piece. */
  readonly scores: Float64Array;
  readonly trie: PieceTrie;
  readonly charsmap: Charsmap | null;
  /** One more than the highest id. */
  readonly vocabularySize: number;
}

/**
 * Packs a vocabulary and its settings into the compiled form.
 *
 * @param document - tokenizer.json without vocabulary; its `precompiled_charsmap` is not looked at.
 * @param charsmapBlob - SentencePiece's `precompiled_charsmap`, null when the normalizer has none.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`, `TOKENIZER_LIMIT_EXCEEDED`.
 */
export function packTokenizer(
  document: unknown,
  pieces: PieceList,
  charsmapBlob: Uint8Array | null,
): Uint8Array<ArrayBuffer> {
  vocabularySizeOf(parseTokenizerConfig(document).config, pieces.count);
  const charsmap = charsmapBlob === null ? null : Charsmap.parse(charsmapBlob);
  const sections = [
    bytesOf(pieces.scores()),
    bytesOf(PieceTrie.build(pieces).slots),
    charsmap === null ? new Uint8Array() : bytesOf(charsmap.units),
    charsmap === null ? new Uint8Array() : charsmap.replacements,
    Buffer.from(settingsJson(document)),
  ];
  const totalBytes = sections.reduce((sum, section) => sum + padded(section.byteLength), padded(HEADER_BYTES));
  const compiled = new Uint8Array(totalBytes);
  let position = padded(HEADER_BYTES);
  for (const section of sections) {
    compiled.set(section, position);
    position += padded(section.byteLength);
  }
  const checksum = crc32(compiled.subarray(padded(HEADER_BYTES)));
  const lengths = sections.map((section) => section.byteLength);
  new Uint32Array(compiled.buffer, 0, HEADER_WORDS).set([
    MAGIC,
    COMPILED_TOKENIZER_VERSION,
    totalBytes,
    checksum,
    pieces.count,
    ...lengths,
  ]);
  return compiled;
}

/**
 * Opens the compiled form without copying the large parts.
 *
 * @param input - What `compileTokenizer` returned, or the same bytes in shared memory.
 * @throws {@link TokenizerError} `TOKENIZER_MALFORMED` when they are not, or are damaged.
 */
export function readCompiledTokenizer(input: Uint8Array | SharedArrayBuffer): CompiledTokenizer {
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
  return openSections(buffer, start + padded(HEADER_BYTES), lengths, pieceCount);
}

function openSections(
  buffer: ArrayBufferLike,
  start: number,
  lengths: readonly number[],
  pieceCount: number,
): CompiledTokenizer {
  const [scoreBytes = 0, trieBytes = 0, mapBytes = 0, replacementBytes = 0, configBytes = 0] = lengths;
  if (pieceCount > MAX_PIECES || scoreBytes !== pieceCount * 8 || trieBytes % 8 !== 0 || mapBytes % 4 !== 0) {
    throw malformed('The compiled tokenizer', 'has sections of impossible lengths');
  }
  let position = start;
  const next = (byteLength: number): number => {
    const at = position;
    position += padded(byteLength);
    return at;
  };
  const scores = new Float64Array(buffer, next(scoreBytes), pieceCount);
  const slots = new Int32Array(buffer, next(trieBytes), trieBytes / 4);
  PieceTrie.validate(slots, pieceCount);
  const units = new Uint32Array(buffer, next(mapBytes), mapBytes / 4);
  // Small, and the decoder wants memory that is not shared: copied.
  const replacements = new Uint8Array(buffer, next(replacementBytes), replacementBytes).slice();
  const settings = parseSettings(new Uint8Array(buffer, next(configBytes), configBytes).slice());
  const { config } = parseTokenizerConfig(settings);
  const charsmap = mapBytes === 0 ? null : new Charsmap(units, replacements);
  return { config, scores, trie: new PieceTrie(slots), charsmap, vocabularySize: vocabularySizeOf(config, pieceCount) };
}

/** The document as JSON without its character map, which has sections of its own. */
function settingsJson(document: unknown): string {
  return JSON.stringify(document, (key, value: unknown) => (key === 'precompiled_charsmap' ? '' : value));
}

function parseSettings(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
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

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Sections start at multiples of 8, as Float64Array wants. */
function padded(byteLength: number): number {
  return Math.ceil(byteLength / 8) * 8;
}

import { limitExceeded, malformed } from '../tokenizer-error.ts';

/** Bytes of a grapheme that is looked up whole (`precompiled.rs`: `grapheme.len() < 6`). */
const MAX_WHOLE_GRAPHEME_BYTES = 5;
/**
 * Longest replacement in bytes (CWE-409): each character of a text can become one. NFKC makes at most 33 bytes (U+FDFA).
 */
const MAX_REPLACEMENT_BYTES = 256;
/** Replacements remembered; the code points that change number some ten thousand. */
const MAX_REMEMBERED = 32_768;
const UNSEEN = 0;
const KEPT = 1;
const REPLACED = 2;

/**
 * What can follow or precede a character within one grapheme cluster: a superset, because it only decides whether the
 * slow segmentation is needed (UAX #29: Extend, ZWJ, SpacingMark, Prepend, Hangul jamo, regional indicators, CR LF).
 */
const MAY_JOIN =
  /[\p{M}\p{Cf}\p{Grapheme_Extend}\p{Emoji_Modifier}\p{Regional_Indicator}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\u0d4e\u0e33\u0eb3\u{111c2}\u{111c3}\u{1193f}\u{11941}\u{11a3a}\u{11a84}-\u{11a89}\u{11d46}\u{11f02}]|\r\n/u;

/**
 * The `Precompiled` normalizer: SentencePiece's character map, a Darts double array over UTF-8 bytes
 * (`[u32 byte length][units u32 …][NUL-terminated replacements]`), with the semantics of Rust's `spm_precompiled`:
 * the *shortest* entry that starts a grapheme below 6 bytes replaces the *whole* grapheme, else each code point by itself.
 */
export class Charsmap {
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;
  /** Made when first needed: making it takes 9 ms, and most texts have no cluster of several characters. */
  #segmenter: Intl.Segmenter | null = null;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #key = new Uint8Array(16);
  readonly #remembered = new Map<string, string | null>();
  /** What happens to each code point of the basic plane, found out when first met. */
  readonly #actions = new Uint8Array(65_536);

  /**
   * @param units - The double array.
   * @param replacements - NUL-terminated UTF-8 strings the leaves point to; not shared memory.
   * @throws {@link TokenizerError} `TOKENIZER_LIMIT_EXCEEDED` when one of them is too long.
   */
  constructor(units: Uint32Array, replacements: Uint8Array) {
    assertReplacements(replacements);
    this.#units = units;
    this.#replacements = replacements;
  }

  /**
   * Splits the blob of `precompiled_charsmap`.
   *
   * @throws {@link TokenizerError} `TOKENIZER_MALFORMED`.
   */
  static parse(blob: Uint8Array): { units: Uint32Array<ArrayBuffer>; replacements: Uint8Array } {
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
    const byteLength = blob.byteLength < 4 ? -1 : view.getUint32(0, true);
    if (byteLength < 4 || byteLength % 4 !== 0 || byteLength > blob.byteLength - 4) {
      throw malformed('precompiled_charsmap', `says its trie has ${byteLength} of ${blob.byteLength} bytes`);
    }
    const units = new Uint32Array(byteLength / 4);
    for (let i = 0; i < units.length; i += 1) units[i] = view.getUint32(4 + 4 * i, true);
    return { units, replacements: blob.subarray(4 + byteLength) };
  }

  /** Whether an ASCII character stays as it is. */
  keeps(unit: number): boolean {
    return this.#action(unit) === KEPT;
  }

  /** Normalizes a well-formed text. */
  normalize(text: string): string {
    let from = 0;
    while (from < text.length && this.#isPlain(text.charCodeAt(from))) from += 1;
    if (from === text.length && !text.includes('\r\n')) return text;
    if (!MAY_JOIN.test(text)) return this.#byCodePoint(text);
    let result = '';
    this.#segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
    for (const { segment } of this.#segmenter.segment(text)) {
      if (segment.length === 1) {
        const unit = segment.charCodeAt(0);
        result += this.#action(unit) === KEPT ? segment : (this.#replacement(segment) ?? segment);
        continue;
      }
      const whole = utf8Length(segment) <= MAX_WHOLE_GRAPHEME_BYTES ? this.#replacement(segment) : null;
      result += whole ?? this.#byCodePoint(segment);
    }
    return result;
  }

  #isPlain(unit: number): boolean {
    return unit < 0x80 && this.#action(unit) === KEPT;
  }

  #byCodePoint(text: string): string {
    let result = '';
    let kept = 0;
    for (let at = 0; at < text.length;) {
      const unit = text.charCodeAt(at);
      const size = (unit & 0xfc00) === 0xd800 ? 2 : 1;
      const replacement =
        size === 1 && this.#action(unit) === KEPT ? null : this.#replacement(text.slice(at, at + size));
      if (replacement !== null) {
        result += text.slice(kept, at) + replacement;
        kept = at + size;
      }
      at += size;
    }
    return kept === 0 ? text : result + text.slice(kept);
  }

  #action(unit: number): number {
    const known = this.#actions[unit] ?? UNSEEN;
    if (known !== UNSEEN) return known;
    const action = this.#replacement(String.fromCharCode(unit)) === null ? KEPT : REPLACED;
    this.#actions[unit] = action;
    return action;
  }

  /** What replaces `key` (a grapheme below 6 bytes or a code point), or null. */
  #replacement(key: string): string | null {
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const found = this.#search(key);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, found);
    return found;
  }

  /** Shortest prefix of `key` in the double array. An index outside of it, in a damaged file, ends the search. */
  #search(key: string): string | null {
    const units = this.#units;
    const { written } = this.#encoder.encodeInto(key, this.#key);
    let position = offset(units[0] ?? 0);
    for (let i = 0; i < written; i += 1) {
      const byte = this.#key[i] ?? 0;
      if (byte === 0) return null;
      position ^= byte;
      const unit = units[position] ?? 0;
      if ((unit & 0x800000ff) >>> 0 !== byte) return null;
      position ^= offset(unit);
      if (((unit >>> 8) & 1) === 1) return this.#string((units[position] ?? 0) & 0x7fffffff);
    }
    return null;
  }

  #string(start: number): string {
    const end = this.#replacements.indexOf(0, start);
    return this.#decoder.decode(this.#replacements.subarray(start, end < 0 ? undefined : end));
  }
}

/** Byte by byte: there are thousands of short ones, and a call of `indexOf` for each takes ten times as long. */
function assertReplacements(replacements: Uint8Array): void {
  let start = 0;
  for (let end = 0; end <= replacements.length; end += 1) {
    if (end < replacements.length && replacements[end] !== 0) continue;
    if (end - start > MAX_REPLACEMENT_BYTES) {
      throw limitExceeded('bytes in one replacement', MAX_REPLACEMENT_BYTES, end - start);
    }
    start = end + 1;
  }
}

function offset(unit: number): number {
  return (unit >>> 10) << ((unit & 512) >>> 6);
}

function utf8Length(text: string): number {
  return Buffer.byteLength(text);
}

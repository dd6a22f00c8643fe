import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { refusalOf } from './tokenizer-refusal.ts';
import { compileTokenizer } from '../../src/model/tokenizer/compile-tokenizer.ts';
import { readCompiledTokenizer } from '../../src/model/tokenizer/compiled-tokenizer.ts';
import { IdBuffer } from '../../src/model/tokenizer/unigram/id-buffer.ts';
import { WordCache } from '../../src/model/tokenizer/unigram/word-cache.ts';
import { UnigramTokenizer } from '../../src/model/tokenizer/unigram-tokenizer.ts';
import { jsonBytes, smallTokenizer } from '../unit/model/tokenizer/small-tokenizer.ts';

const HEADER_BYTES = 40;

/** tokenizer.json as text, with `model.vocab` and one more field written by hand. */
function definition(vocabulary: string, field = '"x":0'): Uint8Array {
  const document = smallTokenizer();
  document.model.vocab = [];
  const json = JSON.stringify(document).replace('"vocab":[]', () => `"vocab":${vocabulary}`);
  return Buffer.from(`{${field},${json.slice(1)}`);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}

/** A SentencePiece model that begins as it must and goes on with `rest`. */
function sentencePiece(rest: Uint8Array): Uint8Array {
  const first = ['<unk>', '<s>', '</s>'].map((piece, number) => {
    const body = [0x0a, piece.length, ...Buffer.from(piece), 0x18, number === 0 ? 2 : 3];
    return Uint8Array.from([0x0a, body.length, ...body]);
  });
  return Buffer.concat([...first, rest]);
}

function withCharsmap(replacementBytes: number): Uint8Array {
  // A double array in which "a" is an entry: root to unit 256 ^ 0x61, whose leaf says replacement 0.
  const units = new Uint32Array(512);
  units[0] = 256 << 10;
  units[256 ^ 0x61] = (1 << 10) | (1 << 8) | 0x61;
  units[256 ^ 0x61 ^ 1] = 0x8000_0000;
  const length = Uint8Array.from(new Uint8Array(Uint32Array.of(units.byteLength).buffer));
  const blob = Buffer.concat([
    length,
    new Uint8Array(units.buffer),
    Buffer.alloc(replacementBytes, 'b'),
    Buffer.alloc(1),
  ]);
  const document = smallTokenizer();
  document.normalizer = { type: 'Precompiled', precompiled_charsmap: blob.toString('base64') };
  return jsonBytes(document);
}

function withAddedTokens(contents: readonly string[], normalized = false): Uint8Array {
  const document = smallTokenizer();
  document.added_tokens.push(...contents.map((content) => ({ id: 3, content, normalized })));
  return jsonBytes(document);
}

describe('tokenizers that ask for much', () => {
  it.each<[what: string, file: () => Uint8Array, refusal: string]>([
    [
      'one piece of 20 million characters',
      () => definition(`[["${'a'.repeat(20_000_000)}",0]]`),
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 65536 characters in one piece',
    ],
    [
      'more than a million empty pieces',
      () => definition(`[${'["",0],'.repeat(1 << 20)}["",0]]`),
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 1048577 pieces',
    ],
    [
      'a field nested 100,000 deep',
      () => definition('[["a",0]]', `"x":${'['.repeat(100_000)}${']'.repeat(100_000)}`),
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 100001 levels of nesting',
    ],
    [
      'a million arrays beside the vocabulary',
      () => definition('[["a",0]]', `"x":[${'[],'.repeat(1_000_000)}[]]`),
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 2000',
    ],
    [
      'an added token of 300 characters',
      () => withAddedTokens(['a'.repeat(300)]),
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 300 characters in one added token',
    ],
    [
      '1000 added tokens of 250 characters',
      () => withAddedTokens(Array.from({ length: 1000 }, (_, number) => `${'a'.repeat(246)}${1000 + number}`)),
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 250017 characters in all added tokens',
    ],
    [
      'a character that becomes 100,000',
      () => withCharsmap(100_000),
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 100000 bytes in one replacement',
    ],
    [
      'a SentencePiece of 20 million bytes',
      () => {
        const piece = Buffer.concat([Uint8Array.from([0x0a, ...varint(20_000_000)]), Buffer.alloc(20_000_000, 'a')]);
        return sentencePiece(Buffer.concat([Uint8Array.from([0x0a, ...varint(piece.length)]), piece]));
      },
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 20000000 bytes in one piece',
    ],
    [
      'more than a million empty SentencePieces',
      () => sentencePiece(Buffer.alloc(2_200_000, Uint8Array.of(0x0a, 0))),
      'TOKENIZER_LIMIT_EXCEEDED: The tokenizer has 1048577 pieces',
    ],
  ])('are refused: %s', (_, file, refusal) => {
    expect(refusalOf(() => UnigramTokenizer.fromJson(file()))).toContain(refusal);
  });

  it('may have a replacement of 256 bytes', () => {
    expect(UnigramTokenizer.fromJson(withCharsmap(256)).encode('a').ids).toHaveLength(2 + 1 + 256);
  });

  it.each([false, true])('may have many added tokens that begin alike (normalized: %s)', (normalized) => {
    const contents = Array.from({ length: 9000 }, (_, number) => `aaaa${10_000 + number}`);
    const tokenizer = UnigramTokenizer.fromJson(withAddedTokens([...contents, 'aaaa'], normalized));
    // 9000 comparisons for each place, if each token were tried.
    expect(tokenizer.encode('aaaa12345'.repeat(20_000), { addSpecialTokens: false }).ids).toHaveLength(20_000);
  });
});

/** The compiled tokenizer with another trie and, as an attacker would write it, a checksum that matches. */
function replaceTrie(image: Uint8Array, slots: Int32Array): Uint8Array {
  const header = Uint32Array.from(new Uint32Array(image.buffer, 0, HEADER_BYTES / 4));
  const [, , , , , scoreBytes = 0, trieBytes = 0] = header;
  const trieStart = HEADER_BYTES + scoreBytes;
  const hostile = Uint8Array.from(
    Buffer.concat([image.subarray(0, trieStart), new Uint8Array(slots.buffer), image.subarray(trieStart + trieBytes)]),
  );
  const words = new Uint32Array(hostile.buffer, 0, HEADER_BYTES / 4);
  words[2] = hostile.byteLength;
  words[6] = slots.byteLength;
  words[3] = crc32(hostile.subarray(HEADER_BYTES));
  return hostile;
}

/** Two units that differ for each number. */
function word(number: number): Uint16Array {
  return Uint16Array.of(number & 0xff, number >> 8);
}

/** Slot of an edge, as `PieceTrie` computes it. */
function hash(node: number, unit: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

describe('hash tables under attack', () => {
  it('takes a larger trie where pieces are chosen to crowd one place', () => {
    const capacity = 1 << 19;
    const taken = new Uint8Array(capacity);
    const nodes: Array<readonly [node: number, piece: string]> = [[capacity + 1, '']];
    // Every piece's last edge belongs into one of the first 64 slots.
    for (let at = 0; at < nodes.length && nodes.length < 6000; at += 1) {
      const [node, piece] = nodes[at] ?? [0, ''];
      for (let unit = 0x100; unit < 0xd800; unit += 1) {
        let slot = hash(node, unit) & (capacity - 1);
        if (slot >= 64) continue;
        while (taken[slot] === 1) slot += 1;
        taken[slot] = 1;
        nodes.push([slot + 1, piece + String.fromCharCode(unit)]);
      }
    }
    const pieces = nodes.slice(1).map(([, piece]) => `["${piece}",0]`);
    // Repeated pieces add no nodes, but make the table as large as the attack is made for.
    const padding = Array.from({ length: 1200 }, () => `["${'a'.repeat(500)}",0]`);
    const vocabulary = [...pieces, ...padding];
    const { trie } = readCompiledTokenizer(compileTokenizer(definition(`[${vocabulary.join(',')}]`)));
    expect(trie.slots.length / 2).toBe(2 * capacity);
  });

  it('takes a compiled trie far deeper than any piece in linear time', () => {
    const image = compileTokenizer(jsonBytes(smallTokenizer()));
    const capacity = 1 << 18;
    const mask = capacity - 1;
    const slots = new Int32Array(capacity * 2);
    const unit = 'a'.charCodeAt(0);
    let node = capacity + 1;
    for (let depth = 0; depth < 150_000; depth += 1) {
      let slot = hash(node, unit) & mask;
      while (slots[slot * 2] !== 0) slot = (slot + 1) & mask;
      slots[slot * 2] = node | (unit << 24);
      slots[slot * 2 + 1] = 6;
      node = slot + 1;
    }
    const hostile = replaceTrie(image, slots);
    expect(UnigramTokenizer.fromCompiled(hostile).encode('a'.repeat(60_000)).ids.at(-1)).toBe(2);
  });

  it('refuses a compiled trie in which all nodes stand in a row', () => {
    const slots = new Int32Array(2 << 14);
    for (let slot = 0; slot < 4000; slot += 1) slots[slot * 2] = 1;
    const hostile = replaceTrie(compileTokenizer(jsonBytes(smallTokenizer())), slots);
    expect(refusalOf(() => UnigramTokenizer.fromCompiled(hostile))).toContain('has 4000 slots in use in a row');
  });

  it('remembers words of one hash only as far as it stays quick', () => {
    const cache = new WordCache();
    const sink = new IdBuffer();
    sink.reset(Infinity);
    for (let number = 0; number < 60_000; number += 1) {
      cache.replay(word(number), 2, 7, sink);
      cache.add(word(number), 2, 7, Int32Array.of(number), 0, 1);
    }
    expect(sink.length).toBe(0);
    expect(cache.replay(word(3), 2, 7, sink)).toBe(true);
    expect(sink.ids[0]).toBe(3);
    expect(cache.replay(word(59_999), 2, 7, sink)).toBe(false);
    expect(cache.replay(word(3), 2, 8, sink)).toBe(false);
  });
});

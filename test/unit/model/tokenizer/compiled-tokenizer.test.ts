import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTokenizer } from '../../../../src/model/tokenizer/compile-tokenizer.ts';
import { TokenizerError } from '../../../../src/model/tokenizer/tokenizer-error.ts';
import { UnigramTokenizer } from '../../../../src/model/tokenizer/unigram-tokenizer.ts';
import { defaultModelFile } from '../../../golden/tokenizer/default-model.ts';
import { codeOf, jsonBytes, smallTokenizer } from './small-tokenizer.ts';

const HEADER_BYTES = 40;
const small = compileTokenizer(jsonBytes(smallTokenizer()));

/** The image with some bytes replaced and, as an attacker would, a checksum that matches. */
function tampered(image: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const copy = Uint8Array.from(image);
  change(copy);
  new Uint32Array(copy.buffer)[3] = crc32(copy.subarray(HEADER_BYTES));
  return copy;
}

describe('the compiled tokenizer', () => {
  it('is the same for the same input', () => {
    expect(compileTokenizer(jsonBytes(smallTokenizer()))).toEqual(small);
  });

  it('says how many ids there are, added tokens beyond the vocabulary included', () => {
    expect(UnigramTokenizer.fromCompiled(small).vocabularySize).toBe(12);
    const document = smallTokenizer();
    document.added_tokens.push({ id: 14, content: '<x>' });
    const tokenizer = UnigramTokenizer.fromJson(jsonBytes(document));
    expect(tokenizer.vocabularySize).toBe(15);
    expect(Array.from(tokenizer.encode('<x>').ids)).toEqual([0, 14, 2]);
  });

  it('refuses any truncation', () => {
    for (let length = 0; length < small.byteLength; length += 1 + (length % 97)) {
      expect(codeOf(() => UnigramTokenizer.fromCompiled(small.slice(0, length)))).toBe('TOKENIZER_MALFORMED');
    }
  });

  it('refuses any flipped bit', () => {
    fc.assert(
      fc.property(fc.nat(small.byteLength - 1), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const damaged = Uint8Array.from(small);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        expect(codeOf(() => UnigramTokenizer.fromCompiled(damaged))).toBe('TOKENIZER_MALFORMED');
      }),
      { numRuns: 500 },
    );
  });

  it('refuses another version', () => {
    const newer = tampered(small, (bytes) => new Uint32Array(bytes.buffer).set([99], 1));
    expect(() => UnigramTokenizer.fromCompiled(newer)).toThrow(/version 99/);
  });

  it('survives hostile contents whose checksum matches: a typed error, or ids and no hang', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(small.byteLength - 1), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 40,
        }),
        (changes) => {
          const hostile = tampered(small, (bytes) => {
            for (const [at, value] of changes) bytes[at] = value;
          });
          try {
            UnigramTokenizer.fromCompiled(hostile).encode('ab a👍é <s> xyz');
          } catch (error) {
            expect(error).toBeInstanceOf(TokenizerError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('survives a hostile character map', () => {
    const image = compileTokenizer(defaultModelFile('tokenizer.json'));
    const [, , , , , scoreBytes = 0, trieBytes = 0, mapBytes = 0] = new Uint32Array(image.buffer, 0, 10);
    const mapStart = HEADER_BYTES + scoreBytes + trieBytes;
    fc.assert(
      fc.property(
        fc.array(fc.nat(mapBytes / 4 - 1), { minLength: 1, maxLength: 200 }),
        fc.nat(0xffffffff),
        (units, value) => {
          const hostile = tampered(image, (bytes) => {
            const map = new Uint32Array(bytes.buffer, mapStart, mapBytes / 4);
            for (const unit of [0, ...units]) map[unit] = value;
          });
          const { ids } = UnigramTokenizer.fromCompiled(hostile).encode('ﬁ é ½ e\u0301 한 Ａ\u0000\t');
          expect(ids.at(-1)).toBe(2);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('refuses a trie without room, in which a search would never end', () => {
    const [, , , , , scoreBytes = 0, trieBytes = 0] = new Uint32Array(small.buffer, 0, 10);
    const full = tampered(small, (bytes) =>
      new Int32Array(bytes.buffer, HEADER_BYTES + scoreBytes, trieBytes / 4).fill(1),
    );
    expect(() => UnigramTokenizer.fromCompiled(full)).toThrow(/slots in use/);
  });
});

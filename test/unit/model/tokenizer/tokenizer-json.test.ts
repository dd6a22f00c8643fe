import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTokenizer } from '../../../../src/model/tokenizer/compile-tokenizer.ts';
import { TokenizerError } from '../../../../src/model/tokenizer/tokenizer-error.ts';
import { parseTokenizerJson } from '../../../../src/model/tokenizer/tokenizer-json.ts';
import { codeOf, jsonBytes, smallTokenizer, type SmallTokenizer } from './small-tokenizer.ts';

function parsedPieces(text: string): [string, number][] {
  const { pieces } = parseTokenizerJson(Buffer.from(text));
  const scores = pieces.scores();
  return Array.from(scores, (score, index) => [
    String.fromCharCode(...pieces.units.subarray(pieces.start(index), pieces.start(index + 1))),
    score,
  ]);
}

function codeWith(change: (document: SmallTokenizer) => void): unknown {
  const document = smallTokenizer();
  change(document);
  return codeOf(() => compileTokenizer(jsonBytes(document)));
}

function replace(pattern: object, content: string): object {
  return { type: 'Replace', pattern, content };
}

describe('parseTokenizerJson', () => {
  it('reads pieces and scores as JSON.parse does, in any writing', () => {
    const entry = fc.tuple(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(fc.array(entry), fc.constantFrom(undefined, 2, '\t'), fc.boolean(), (vocab, indent, escaped) => {
        const document = {
          version: '"model": {"vocab": [',
          nested: { vocab: [['x', 1]] },
          model: { a: { vocab: [] }, vocab },
        };
        let text = JSON.stringify(document, null, indent);
        if (escaped)
          text = text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
        // JSON has no -0 in JSON.stringify; the two readers must agree, whatever it wrote.
        const wanted: unknown = JSON.parse(JSON.stringify(vocab));
        expect(parsedPieces(text)).toEqual(wanted);
      }),
    );
  });

  it('keeps the rest of the document', () => {
    const document = smallTokenizer();
    const expected = { ...document, model: { ...document.model, vocab: [] } };
    expect(parseTokenizerJson(jsonBytes(document)).document).toEqual(expected);
  });

  it.each([
    ['no JSON at all', 'hello'],
    ['no model', '{}'],
    ['no vocabulary', '{"model":{"type":"Unigram"}}'],
    ['a vocabulary of another kind', '{"model":{"vocab":"abc"}}'],
    ['an entry without score', '{"model":{"vocab":[["a"]]}}'],
    ['a score that is no number', '{"model":{"vocab":[["a",null]]}}'],
    ['an endless score', `{"model":{"vocab":[["a",1e999]]}}`],
    ['an open string', '{"model":{"vocab":[["a'],
    ['a line break in a piece', '{"model":{"vocab":[["a\n",1]]}}'],
    ['a broken escape', '{"model":{"vocab":[["\\u12g4",1]]}}'],
    ['an unknown escape', '{"model":{"vocab":[["\\x",1]]}}'],
    ['an unpaired surrogate', '{"model":{"vocab":[["\\ud83d",1]]}}'],
    ['surrogates the wrong way round', '{"model":{"vocab":[["\\udc00\\ud800",1]]}}'],
    ['a missing end', '{"model":{"vocab":[["a",1]]}'],
    ['a comma too many', '{"model":{"vocab":[["a",1],]}}'],
  ])('refuses %s', (_name, text) => {
    expect(codeOf(() => parseTokenizerJson(Buffer.from(text)))).toBe('TOKENIZER_MALFORMED');
  });

  it.each([
    [[0x80]],
    [[0xc0, 0x80]],
    [[0xe0, 0x80, 0x80]],
    [[0xed, 0xa0, 0x80]],
    [[0xf4, 0x90, 0x80, 0x80]],
    [[0xff]],
    [[0xe2, 0x96]],
  ])('refuses the invalid UTF-8 %j in a piece', (bytes) => {
    const text = Buffer.concat([Buffer.from('{"model":{"vocab":[["'), Buffer.from(bytes), Buffer.from('",1]]}}')]);
    expect(codeOf(() => parseTokenizerJson(text))).toBe('TOKENIZER_MALFORMED');
  });

  it('refuses a piece longer than any real one', () => {
    expect(codeWith((document) => document.model.vocab.push(['x'.repeat(513), -1]))).toBe('TOKENIZER_LIMIT_EXCEEDED');
  });

  it('meets damage with a typed error or a tokenizer', () => {
    const bytes = jsonBytes(smallTokenizer());
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 4 }), fc.nat(30), (at, insert, cut) => {
        const damaged = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + cut)]);
        try {
          compileTokenizer(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(TokenizerError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseTokenizerConfig', () => {
  it.each<[string, (document: SmallTokenizer) => void]>([
    ['a WordLevel model', (document) => (document.model.type = 'WordLevel')],
    ['byte fallback', (document) => (document.model['byte_fallback'] = true)],
    ['no unknown id', (document) => (document.model.unk_id = null)],
    ['an unknown normalizer', (document) => (document.normalizer = { type: 'Nmt' })],
    ['a pattern of its own', (document) => (document.normalizer = replace({ Regex: '(a+)+$' }, ' '))],
    ['a replaced string', (document) => (document.normalizer = replace({ String: ' ' }, '▁'))],
    ['another replacement', (document) => (document.normalizer = replace({ Regex: ' {2,}' }, 'x'))],
    ['Strip on the left', (document) => (document.normalizer = { type: 'Strip', strip_left: true, strip_right: true })],
    ['no pre_tokenizer', (document) => (document.pre_tokenizer = null)],
    ['another pre_tokenizer', (document) => (document.pre_tokenizer = { type: 'ByteLevel' })],
    [
      'prepend_scheme first',
      (document) => (document.pre_tokenizer = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' }),
    ],
    [
      'Metaspace without split',
      (document) => (document.pre_tokenizer = { type: 'Metaspace', replacement: '▁', split: false }),
    ],
    ['another post_processor', (document) => (document.post_processor = { type: 'Other' })],
    [
      'a template without text',
      (document) => (document.post_processor = { type: 'TemplateProcessing', single: [], special_tokens: {} }),
    ],
  ])('refuses %s as unsupported', (_name, change) => {
    expect(codeWith(change)).toBe('TOKENIZER_UNSUPPORTED');
  });

  it.each<[string, (document: SmallTokenizer) => void]>([
    ['an unknown id beyond the vocabulary', (document) => (document.model.unk_id = 12)],
    ['a negative id', (document) => (document.added_tokens[0]!['id'] = -1)],
    ['an id far beyond the vocabulary', (document) => (document.added_tokens[0]!['id'] = 2_000_000_000)],
    ['an empty added token', (document) => (document.added_tokens[0]!['content'] = '')],
    [
      'a template with an undefined token',
      (document) =>
        (document.post_processor = {
          type: 'TemplateProcessing',
          single: [{ SpecialToken: { id: 'toString' } }],
          special_tokens: {},
        }),
    ],
    [
      'a character map that is none',
      (document) => (document.normalizer = { type: 'Precompiled', precompiled_charsmap: '//8=' }),
    ],
    [
      'a character map longer than it is',
      (document) => (document.normalizer = { type: 'Precompiled', precompiled_charsmap: 'CAAAAAAAAAA=' }),
    ],
    ['a number for the normalizer', (document) => (document.normalizer = 7)],
  ])('refuses %s as malformed', (_name, change) => {
    expect(codeWith(change)).toBe('TOKENIZER_MALFORMED');
  });

  it('takes a tokenizer without post_processor, and one without a mark in front', () => {
    expect(codeWith((document) => (document.post_processor = null))).toBe(undefined);
    expect(
      codeWith(
        (document) => (document.pre_tokenizer = { type: 'Metaspace', replacement: '▁', add_prefix_space: false }),
      ),
    ).toBe(undefined);
  });
});

import { describe, expect, it } from 'vitest';
import { readCorpus, type TokenizerCorpus } from '../../../scripts/tokenizer/corpus-file.ts';
import { withLayout } from '../../../scripts/tokenizer/layouts.ts';
import { compileTokenizer } from '../../../src/model/tokenizer/compile-tokenizer.ts';
import { UnigramTokenizer } from '../../../src/model/tokenizer/unigram-tokenizer.ts';
import { defaultModelFile, tokenizerFixture } from './default-model.ts';

const json = defaultModelFile('tokenizer.json');
const tokenizer = UnigramTokenizer.fromJson(json);
const corpus = readCorpus(tokenizerFixture('corpus-default.json.gz'));

/** Texts whose ids differ, in a form that shows what to look at. */
function differences(expected: TokenizerCorpus, maxLength?: number): object[] {
  return expected.texts.flatMap((text, index) => {
    const ids = Array.from(tokenizer.encode(text, { maxLength }).ids);
    const wanted = expected.ids[index] ?? [];
    return ids.length === wanted.length && ids.every((id, at) => id === wanted[at])
      ? []
      : [{ kind: expected.kinds[index], text: text.slice(0, 200), ids, wanted }];
  });
}

describe('the frozen corpus', () => {
  it('is as large and as varied as it is meant to be', () => {
    expect(corpus.texts.length).toBe(22_150);
    expect(corpus.ids.length).toBe(corpus.texts.length);
    const text = corpus.texts.join('');
    const scripts =
      'Latin Cyrillic Greek Arabic Hebrew Devanagari Bengali Tamil Thai Han Hiragana Katakana Hangul Georgian Armenian';
    const rare = scripts.split(' ').filter((script) => {
      // Names of Unicode scripts, from the list above.
      const characters = new RegExp(`\\p{Script=${script}}`, 'gu');
      return (text.match(characters)?.length ?? 0) < 1000;
    });
    expect(rare).toEqual([]);
  });

  it('gets the ids of the Rust library', () => {
    expect(differences(corpus)).toEqual([]);
  });

  it('gets the same ids from texts that share a tokenizer in any order', () => {
    const fresh = UnigramTokenizer.fromJson(json);
    for (let index = corpus.texts.length - 1; index >= 0; index -= 97) {
      expect(Array.from(fresh.encode(corpus.texts[index] ?? '').ids)).toEqual(corpus.ids[index]);
    }
  });

  it('gets the ids the reference embeddings were made from', () => {
    const reference = readCorpus(tokenizerFixture('reference-embedding-ids.json.gz'));
    expect(reference.texts.length).toBe(140);
    expect(differences(reference, 512)).toEqual([]);
  });

  it('gets from sentencepiece.bpe.model what tokenizer.json of layout C gives', () => {
    const fromModel = UnigramTokenizer.fromCompiled(compileTokenizer(defaultModelFile('sentencepiece.bpe.model')));
    const fromJson = UnigramTokenizer.fromJson(Buffer.from(withLayout(json.toString(), 'C')));
    expect(fromModel.vocabularySize).toBe(70_000);
    const different = corpus.texts.filter(
      (text) => fromModel.encode(text).ids.join() !== fromJson.encode(text).ids.join(),
    );
    expect(different).toEqual([]);
  });

  it('truncates to a prefix', () => {
    for (let index = 0; index < corpus.texts.length; index += 7) {
      const wanted = corpus.ids[index] ?? [];
      for (const maxLength of [2, 3, 5, 17]) {
        const { ids, truncated } = tokenizer.encode(corpus.texts[index] ?? '', { maxLength });
        const expected = wanted.length <= maxLength ? wanted : [...wanted.slice(0, maxLength - 1), 2];
        expect(Array.from(ids)).toEqual(expected);
        expect(truncated).toBe(wanted.length > maxLength);
      }
    }
  });
});

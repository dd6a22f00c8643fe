import { describe, expect, it } from 'vitest';
import { readCorpus } from '../../../scripts/tokenizer/corpus-file.ts';
import { LAYOUTS, withLayout } from '../../../scripts/tokenizer/layouts.ts';
import { OracleTokenizer } from '../../../scripts/tokenizer/oracle.ts';
import { randomUnicode } from '../../../scripts/tokenizer/adversarial-texts.ts';
import { SeededRandom } from '../../../scripts/tokenizer/random.ts';
import { UnigramTokenizer } from '../../../src/model/tokenizer/unigram-tokenizer.ts';
import { defaultModelFile, tokenizerFixture } from './default-model.ts';

const json = defaultModelFile('tokenizer.json').toString();
const available = (await OracleTokenizer.open(json)) !== null;
const corpus = readCorpus(tokenizerFixture('corpus-default.json.gz'));
const random = new SeededRandom(7);
const texts = [
  ...corpus.texts.filter((_text, index) => corpus.kinds[index] === 'adversarial' || index % 37 === 0),
  ...Array.from({ length: 500 }, () => randomUnicode(random)),
];

/** Texts whose ids differ between the two. */
async function differences(document: string, inputs: readonly string[]): Promise<object[]> {
  const oracle = await OracleTokenizer.open(document);
  const tokenizer = UnigramTokenizer.fromJson(Buffer.from(document));
  const found: object[] = [];
  for (const text of inputs) {
    const ids = Array.from(tokenizer.encode(text).ids);
    const wanted = await oracle!.encode(text);
    if (ids.join() !== wanted.join()) found.push({ text: text.slice(0, 200), ids, wanted });
  }
  return found;
}

function withAddedTokens(tokens: readonly object[]): string {
  // The default model's own file.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const document = JSON.parse(json) as { added_tokens: object[] };
  document.added_tokens.push(...tokens);
  return JSON.stringify(document);
}

// Where npm has no binary of the library for the machine, the frozen corpus is the test.
describe.skipIf(!available)('the Rust library, asked live', () => {
  it.each(LAYOUTS)('gives the same ids in layout %s', async (layout) => {
    expect(await differences(withLayout(json, layout), texts)).toEqual([]);
  });

  it.each(LAYOUTS)('gives the same ids around the places where long texts are cut, in layout %s', async (layout) => {
    const parts = [' ', ' ', 'a', 'b', '\u0301', '\u0600', '\u0000', '\u00a0', '▁', 'é', '\u200d', '\n'];
    const long = Array.from({ length: 150 }, () => {
      const tail = Array.from({ length: 1 + random.integer(12) }, () => random.pick(parts)).join('');
      return `${'word '.repeat(819)}${tail} end`;
    });
    expect(await differences(withLayout(json, layout), long)).toEqual([]);
  });

  it('gives the same ids with added tokens of every kind', async () => {
    const flags = { special: false, single_word: false, lstrip: false, rstrip: false, normalized: false };
    const document = withAddedTokens([
      { ...flags, id: 70_000, content: '<def>', rstrip: true },
      { ...flags, id: 70_001, content: 'select', single_word: true },
      { ...flags, id: 70_002, content: '[CODE]', normalized: true, lstrip: true },
      { ...flags, id: 70_003, content: '<define>' },
      { ...flags, id: 70_004, content: 'ﬁn', normalized: true, single_word: true },
    ]);
    const parts = [
      '<def>',
      '<define>',
      '<defin',
      'select',
      'selected',
      'é',
      ' ',
      '\u00a0',
      '[CODE]',
      '［CODE］',
      'fin',
      'ﬁn',
      'x',
      '<mask>',
      '\n',
    ];
    const mixes = Array.from({ length: 1200 }, () =>
      Array.from({ length: 1 + random.integer(6) }, () => random.pick(parts)).join(''),
    );
    const long = `${'word '.repeat(2000)}[CODE] select <def>  ${'more words '.repeat(900)} fin`;
    for (const layout of LAYOUTS) {
      expect(await differences(withLayout(document, layout), [...mixes, long])).toEqual([]);
    }
  });
});

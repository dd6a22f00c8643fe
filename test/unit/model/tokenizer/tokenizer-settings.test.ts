import { describe, expect, it } from 'vitest';
import { readTokenizerSource } from '../../../../src/model/tokenizer/load-tokenizer.ts';
import { openTokenizer } from '../../../../src/model/tokenizer/open-tokenizer.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { jsonBytes } from './small-tokenizer.ts';

/** Ids of a text, by the tokenizer of a folder with these files. */
async function idsOf(files: Readonly<Record<string, string | object>>, text: string): Promise<number[]> {
  using folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    folder.write(name, typeof content === 'string' ? content : jsonBytes(content));
  }
  const { compiled } = await readTokenizerSource(folder.path);
  return Array.from(openTokenizer(compiled).encode(text, { addSpecialTokens: false }).ids);
}

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'hello', 'world', 'é', 'e'];
const BERT = {
  normalizer: { type: 'BertNormalizer', lowercase: false, strip_accents: null },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  model: { type: 'WordPiece', unk_token: '[UNK]', vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])) },
};
const BPE_VOCABULARY = { '<s>': 0, '</s>': 1, Ġ: 2, a: 3, Ġa: 4, '<|endoftext|>': 5, '<mask>': 6 };
const ROBERTA = {
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true },
  model: { type: 'BPE', vocab: BPE_VOCABULARY, merges: ['Ġ a'] },
};

// What is expected here is what AutoTokenizer of transformers 5.23 gives for the same folders.
describe('the class of transformers that reads tokenizer.json', () => {
  it.each([
    ['nothing', {}, [1, 7]],
    ['the model type', { 'config.json': { model_type: 'bert' } }, [5, 8]],
    ['config.json', { 'config.json': { tokenizer_class: 'BertTokenizerFast', model_type: 'xlm-roberta' } }, [5, 8]],
    [
      'tokenizer_config.json, whatever config.json says',
      {
        'config.json': { model_type: 'bert' },
        'tokenizer_config.json': { tokenizer_class: 'PreTrainedTokenizerFast' },
      },
      [1, 7],
    ],
  ])('is known by %s', async (_name, files, ids) => {
    expect(await idsOf({ 'tokenizer.json': BERT, ...files }, 'Hello é')).toEqual(ids);
  });

  it.each([
    ['without a class', {}, [4]],
    ['by default', { 'config.json': { model_type: 'roberta' } }, [3]],
    [
      'where it says so',
      { 'tokenizer_config.json': { tokenizer_class: 'RobertaTokenizer', add_prefix_space: true } },
      [4],
    ],
  ])('decides for RoBERTa whether a text gets a space in front: %s', async (_name, files, ids) => {
    expect(await idsOf({ 'tokenizer.json': ROBERTA, ...files }, 'a')).toEqual(ids);
  });

  it('is part of the fingerprint', async () => {
    using folder = temporaryFolder({ 'tokenizer.json': jsonBytes(ROBERTA) });
    const { settings } = await readTokenizerSource(folder.path);
    folder.write('config.json', jsonBytes({ model_type: 'roberta' }));
    const roberta = (await readTokenizerSource(folder.path)).settings;
    folder.write('tokenizer_config.json', jsonBytes({ add_prefix_space: true }));
    const withSpace = (await readTokenizerSource(folder.path)).settings;
    expect(new Set([settings, roberta, withSpace]).size).toBe(3);
  });
});

const vocabulary = WORDS.join('\n');

function withExtra(tokens: readonly string[]): Record<string, string | object> {
  return { 'vocab.txt': vocabulary, 'tokenizer_config.json': { additional_special_tokens: tokens } };
}

describe('tokens beside vocab.txt', () => {
  it('come from added_tokens.json, and are looked for in the normalized text', async () => {
    const files = { 'vocab.txt': vocabulary, 'added_tokens.json': { Foo: 9, '[MASK]': 4 } };
    expect(await idsOf(files, 'hellofoo [MASK] [mask]')).toEqual([5, 9, 4, 1, 1, 1]);
  });

  it('are special where tokenizer_config.json lists them, and get the next ids where they have none', async () => {
    const listed = ['world', { content: 'Bar', rstrip: true }, 'Foo', 'Baz'];
    const files = {
      'vocab.txt': vocabulary,
      'added_tokens.json': { Foo: 10 },
      'tokenizer_config.json': { additional_special_tokens: listed },
    };
    expect(await idsOf(files, 'Bar  BazFoofoo World world')).toEqual([11, 12, 10, 1, 6, 6]);
    const newer = { ...files, 'tokenizer_config.json': { extra_special_tokens: listed } };
    expect(await idsOf(newer, 'Bar  BazFoofoo World world')).toEqual([11, 12, 10, 1, 6, 6]);
  });

  it('come from special_tokens_map.json first, unless the newer added_tokens_decoder is there', async () => {
    const files = { 'vocab.txt': vocabulary, 'special_tokens_map.json': { mask_token: 'world' } };
    const named = { mask_token: 'hello' };
    expect(await idsOf({ ...files, 'tokenizer_config.json': named }, 'xworld')).toEqual([1, 6]);
    const decoded = { ...named, added_tokens_decoder: {} };
    expect(await idsOf({ ...files, 'tokenizer_config.json': decoded }, 'xworld')).toEqual([1]);
  });

  it('may be 256 without a name', async () => {
    const listed = Array.from({ length: 257 }, (_, number) => `<${number}>`);
    expect(await idsOf(withExtra(listed.slice(1)), '<256>')).toEqual([9 + 255]);
    await expect(idsOf(withExtra(listed), '<256>')).rejects.toMatchObject({ code: 'TOKENIZER_LIMIT_EXCEEDED' });
  });

  it('have no white space at their ends', async () => {
    const files = { 'vocab.txt': `${WORDS.slice(0, 5).join('\r\n')}\r\nhello \u3000\r\n\u0085\r\nworld\t` };
    expect(await idsOf(files, 'hello world')).toEqual([5, 7]);
  });
});

describe('tokens beside vocab.json', () => {
  const files = { 'vocab.json': BPE_VOCABULARY, 'merges.txt': '#version: 0.2\r\nĠ a\r\n' };

  it("are found in the text: GPT-2's end of text, and RoBERTa's mask with the space before it", async () => {
    expect(await idsOf(files, 'a a<|endoftext|> <mask> a')).toEqual([3, 4, 5, 6, 4]);
    const mask = { content: '<mask>', lstrip: false };
    expect(await idsOf({ ...files, 'tokenizer_config.json': { mask_token: mask } }, 'a <mask>')).toEqual([3, 2, 6]);
  });
});

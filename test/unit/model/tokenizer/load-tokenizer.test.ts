import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTokenizerSource } from '../../../../src/model/tokenizer/load-tokenizer.ts';
import { openTokenizer } from '../../../../src/model/tokenizer/open-tokenizer.ts';
import { UnigramTokenizer } from '../../../../src/model/tokenizer/unigram-tokenizer.ts';
import { defaultModelFile, DEFAULT_MODEL_FOLDER } from '../../../golden/tokenizer/default-model.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { jsonBytes, smallTokenizer } from './small-tokenizer.ts';

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 17082730\n`;
const model = defaultModelFile('sentencepiece.bpe.model');

describe('readTokenizerSource', () => {
  it('takes tokenizer.json where it is whole', async () => {
    const { file, path, diagnostics } = await readTokenizerSource(DEFAULT_MODEL_FOLDER);
    expect(file).toBe('tokenizer.json');
    expect(path.endsWith('tokenizer.json')).toBe(true);
    expect(diagnostics).toEqual([]);
  });

  it.each<[string, string | null, RegExp]>([
    ['missing', null, /tokenizer\.json is not there/],
    ['empty', '', /is empty/],
    ['a Git LFS pointer', POINTER, /is a Git LFS pointer to 17082730 bytes/],
    ['cut off', '{"model": {"vocab": [["a", -1], ["b"', /tokenizer\.json: model\.vocab/],
    ['of another kind', '{"model": {"type": "WordLevel", "vocab": []}}', /the model "WordLevel"/],
  ])('takes sentencepiece.bpe.model where tokenizer.json is %s, and says why', async (_name, content, reason) => {
    using folder = temporaryFolder({ 'sentencepiece.bpe.model': model });
    if (content !== null) folder.write('tokenizer.json', content);
    const { file, compiled, diagnostics } = await readTokenizerSource(folder.path);
    expect(file).toBe('sentencepiece.bpe.model');
    expect(UnigramTokenizer.fromCompiled(compiled).vocabularySize).toBe(70_000);
    expect(diagnostics.map(({ severity, code }) => [severity, code])).toEqual([
      [content === null ? 'info' : 'warning', 'TOKENIZER_FILE_SKIPPED'],
    ]);
    expect(diagnostics[0]?.message).toMatch(reason);
    expect(diagnostics[0]?.message).toMatch(/sentencepiece\.bpe\.model serves instead\.$/);
  });

  it('says what is missing when there is neither', async () => {
    using folder = temporaryFolder();
    await expect(readTokenizerSource(folder.path)).rejects.toMatchObject({ code: 'TOKENIZER_MISSING' });
  });

  it('says that tokenizer.json is a pointer when nothing else serves', async () => {
    using folder = temporaryFolder({ 'tokenizer.json': POINTER });
    await expect(readTokenizerSource(folder.path)).rejects.toMatchObject({
      code: 'TOKENIZER_LFS_POINTER',
      details: { oid: 'ab'.repeat(32), sizeBytes: 17_082_730 },
    });
  });

  it('says that sentencepiece.bpe.model is a pointer when it is the only one', async () => {
    using folder = temporaryFolder({ 'sentencepiece.bpe.model': POINTER });
    await expect(readTokenizerSource(folder.path)).rejects.toMatchObject({ code: 'TOKENIZER_LFS_POINTER' });
  });

  it('needs no sentencepiece.bpe.model', async () => {
    using folder = temporaryFolder({ 'tokenizer.json': jsonBytes(smallTokenizer()) });
    expect((await readTokenizerSource(folder.path)).diagnostics).toEqual([]);
  });
});

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'hello', 'wor', '##ld', 'é', 'e', '中'];
const BPE_VOCABULARY = { '<s>': 0, '</s>': 1, Ġ: 2, a: 3, b: 4, ab: 5, Ġab: 6, '<mask>': 7 };

function idsOf(compiled: Uint8Array, text: string): number[] {
  return Array.from(openTokenizer(compiled).encode(text).ids);
}

describe('readTokenizerSource without tokenizer.json', () => {
  it('reads vocab.txt as BERT does', async () => {
    using folder = temporaryFolder({ 'vocab.txt': `${WORDS.join('\n')}\n` });
    const { file, files, compiled, diagnostics } = await readTokenizerSource(folder.path);
    expect(file).toBe('vocab.txt');
    expect(files).toEqual([join(folder.path, 'vocab.txt')]);
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['info']);
    expect(idsOf(compiled, 'Hello WORLD é中[MASK] you')).toEqual([2, 5, 6, 7, 9, 10, 4, 1, 3]);
  });

  it.each([
    ['do_lower_case', { do_lower_case: false }, [2, 1, 6, 7, 8, 10, 3]],
    ['strip_accents', { strip_accents: false }, [2, 5, 6, 7, 8, 10, 3]],
    ['tokenize_chinese_chars', { tokenize_chinese_chars: false }, [2, 5, 6, 7, 1, 3]],
  ])('honours %s of tokenizer_config.json', async (name, config, ids) => {
    using folder = temporaryFolder({
      'vocab.txt': `${WORDS.join('\r\n')}\r\n`,
      'tokenizer_config.json': jsonBytes({ tokenizer_class: 'BertTokenizer', ...config }),
    });
    const { compiled, settings } = await readTokenizerSource(folder.path);
    expect(settings).toContain(name);
    expect(idsOf(compiled, 'Hello world é中')).toEqual(ids);
  });

  it("takes MPNet's special tokens from the settings", async () => {
    using folder = temporaryFolder({
      'vocab.txt': ['<s>', '<pad>', '</s>', '[UNK]', 'hello', '<mask>'].join('\n'),
      'special_tokens_map.json': jsonBytes({
        cls_token: '<s>',
        sep_token: { content: '</s>', lstrip: false },
        unk_token: '[UNK]',
        mask_token: '<mask>',
      }),
    });
    const { compiled } = await readTokenizerSource(folder.path);
    expect(idsOf(compiled, 'hello  <mask> x')).toEqual([0, 4, 5, 3, 2]);
  });

  it('reads vocab.json and merges.txt as RoBERTa does, and as GPT-2 does', async () => {
    using folder = temporaryFolder({
      'vocab.json': jsonBytes(BPE_VOCABULARY),
      'merges.txt': '#version: 0.2\na b\nĠ ab\n',
    });
    const { file, files, compiled } = await readTokenizerSource(folder.path);
    expect([file, files.length]).toEqual(['vocab.json', 2]);
    expect(idsOf(compiled, 'ab ab ba')).toEqual([0, 5, 6, 2, 4, 3, 1]);
    folder.write('tokenizer_config.json', jsonBytes({ tokenizer_class: 'GPT2Tokenizer', add_prefix_space: true }));
    expect(idsOf((await readTokenizerSource(folder.path)).compiled, 'ab ab')).toEqual([6, 6]);
  });

  it.each([
    ['vocab.txt', { 'vocab.txt': WORDS.join('\n'), 'tokenizer_config.json': '{"tokenizer_class":"PhobertTokenizer"}' }],
    [
      'vocab.json',
      {
        'vocab.json': '{"a</w>":0}',
        'merges.txt': '#version: 0.2',
        'tokenizer_config.json': '{"tokenizer_class":"CLIPTokenizer"}',
      },
    ],
    ['vocab.json', { 'vocab.json': '{"a</w>":0}', 'merges.txt': '#version: 0.2' }],
    [
      'a SentencePiece model',
      { 'spiece.model': model, 'tokenizer_config.json': '{"tokenizer_class":"XLNetTokenizer"}' },
    ],
  ])('refuses %s of another kind of tokenizer', async (_name, files: Record<string, string | Uint8Array>) => {
    using folder = temporaryFolder(files);
    await expect(readTokenizerSource(folder.path)).rejects.toMatchObject({ code: 'TOKENIZER_UNSUPPORTED' });
  });

  it('refuses a vocabulary without merges', async () => {
    using folder = temporaryFolder({ 'vocab.json': jsonBytes(BPE_VOCABULARY) });
    await expect(readTokenizerSource(folder.path)).rejects.toMatchObject({ code: 'TOKENIZER_MISSING' });
  });

  it('does without damaged settings only where no id depends on them', async () => {
    using folder = temporaryFolder({ 'tokenizer.json': jsonBytes(smallTokenizer()), 'tokenizer_config.json': '{"do_' });
    expect((await readTokenizerSource(folder.path)).diagnostics).toMatchObject([
      { code: 'TOKENIZER_SETTINGS_IGNORED' },
    ]);
    using other = temporaryFolder({ 'vocab.txt': WORDS.join('\n'), 'tokenizer_config.json': '{"do_' });
    await expect(readTokenizerSource(other.path)).rejects.toMatchObject({ code: 'TOKENIZER_MALFORMED' });
  });
});

describe('readTokenizerSource and the settings beside tokenizer.json', () => {
  it("puts the settings of BERT's classes above its normalizer", async () => {
    const bert = {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    };
    const document = {
      normalizer: bert,
      pre_tokenizer: { type: 'BertPreTokenizer' },
      model: { type: 'WordPiece', unk_token: '[UNK]', vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])) },
    };
    using folder = temporaryFolder({ 'tokenizer.json': jsonBytes(document) });
    const ids = async (): Promise<number[]> => idsOf((await readTokenizerSource(folder.path)).compiled, 'Hello é');
    expect(await ids()).toEqual([5, 9]);
    const { settings } = await readTokenizerSource(folder.path);
    folder.write('tokenizer_config.json', jsonBytes({ tokenizer_class: 'XLMRobertaTokenizer', do_lower_case: false }));
    expect(await readTokenizerSource(folder.path)).toMatchObject({ settings });
    folder.write('tokenizer_config.json', jsonBytes({ tokenizer_class: 'BertTokenizer', do_lower_case: false }));
    expect(await ids()).toEqual([1, 8]);
    expect((await readTokenizerSource(folder.path)).settings).not.toBe(settings);
    folder.write(
      'tokenizer_config.json',
      jsonBytes({ tokenizer_class: 'PreTrainedTokenizerFast', do_lower_case: false }),
    );
    expect(await ids()).toEqual([5, 9]);
  });

  it('lowercases first where sentence_bert_config.json says so', async () => {
    using folder = temporaryFolder({ 'tokenizer.json': jsonBytes(smallTokenizer()) });
    expect(idsOf((await readTokenizerSource(folder.path)).compiled, 'AB')).toEqual([0, 4, 3, 2]);
    folder.write('sentence_bert_config.json', '{"do_lower_case":true}');
    expect(idsOf((await readTokenizerSource(folder.path)).compiled, 'AB')).toEqual([0, 9, 2]);
  });
});

/** Looks models up in a table of folders. */
function machine(folders: Readonly<Record<string, string>>): (id: string) => Promise<string | null> {
  return async (id) => Promise.resolve(folders[id] ?? null);
}

describe('readTokenizerSource with a base model', () => {
  const bad = { 'tokenizer.json': POINTER, 'config.json': '{"vocab_size":12,"_name_or_path":"org/base"}' };
  const good = { 'tokenizer.json': jsonBytes(smallTokenizer()), 'config.json': '{"vocab_size":12}' };
  it.each([
    ['config.json', bad],
    [
      'README.md',
      { ...bad, 'config.json': '{"vocab_size":12}', 'README.md': '---\nbase_model: org/base\n---\n# Model' },
    ],
    [
      'a list in README.md',
      {
        ...bad,
        'config.json': '{"vocab_size":12}',
        'README.md': '---\nbase_model:\n  - "org/absent"\n  - org/base\ntags: []\n---\n',
      },
    ],
  ])('takes the tokenizer of the base model that %s names', async (_name, files) => {
    using folder = temporaryFolder(files);
    using base = temporaryFolder(good);
    const source = await readTokenizerSource(folder.path, { findModel: machine({ 'org/base': base.path }) });
    expect(source.path).toBe(join(base.path, 'tokenizer.json'));
    expect(source.files).toEqual([source.path]);
    expect(source.diagnostics).toMatchObject([
      { severity: 'warning', code: 'TOKENIZER_FROM_BASE_MODEL', message: expect.stringContaining('org/base serves') },
    ]);
  });

  it('takes that of the family with as many embeddings', async () => {
    using folder = temporaryFolder({ 'config.json': '{"vocab_size":250037}' });
    using base = temporaryFolder({ ...good, 'config.json': '{"vocab_size":250037}' });
    const findModel = machine({ 'intfloat/multilingual-e5-small': base.path });
    expect((await readTokenizerSource(folder.path, { findModel })).path).toBe(join(base.path, 'tokenizer.json'));
  });

  it('refuses another vocabulary size, and says both', async () => {
    using folder = temporaryFolder(bad);
    using base = temporaryFolder({ ...good, 'config.json': '{"vocab_size":13}' });
    await expect(
      readTokenizerSource(folder.path, { findModel: machine({ 'org/base': base.path }) }),
    ).rejects.toMatchObject({
      code: 'TOKENIZER_LFS_POINTER',
      message: expect.stringMatching(/LFS pointer.*org\/base.*13 tokens, this network 12/),
    });
    using bare = temporaryFolder({ 'config.json': bad['config.json'] });
    await expect(
      readTokenizerSource(bare.path, { findModel: machine({ 'org/base': base.path }) }),
    ).rejects.toMatchObject({ code: 'TOKENIZER_VOCABULARY_MISMATCH', details: { expected: 12, actual: 13 } });
  });

  it('refuses a tokenizer with more tokens than the network has embeddings', async () => {
    using folder = temporaryFolder({
      'tokenizer.json': jsonBytes(smallTokenizer()),
      'config.json': '{"vocab_size":11}',
    });
    await expect(readTokenizerSource(folder.path)).rejects.toMatchObject({
      code: 'TOKENIZER_VOCABULARY_MISMATCH',
      details: { expected: 11, actual: 12 },
    });
  });

  it('never asks for what is no hub id', async () => {
    using folder = temporaryFolder({
      ...bad,
      'config.json': '{"vocab_size":12,"_name_or_path":"/home/somebody/model"}',
      'README.md': '---\nbase_model: ["../../etc", "a/../b", "a/.."]\n---\n',
    });
    const asked: string[] = [];
    const findModel = async (id: string): Promise<null> => {
      asked.push(id);
      return Promise.resolve(null);
    };
    await expect(readTokenizerSource(folder.path, { findModel })).rejects.toMatchObject({
      code: 'TOKENIZER_LFS_POINTER',
    });
    expect(asked).toEqual(['codegraphai/multilingual-e5-small-int8']);
  });
});

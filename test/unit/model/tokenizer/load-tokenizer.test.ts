import { describe, expect, it } from 'vitest';
import { readTokenizerSource } from '../../../../src/model/tokenizer/load-tokenizer.ts';
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
    ['missing', null, /cannot be read: ENOENT/],
    ['empty', '', /is empty/],
    ['a Git LFS pointer', POINTER, /is a Git LFS pointer to 17082730 bytes/],
    ['cut off', '{"model": {"vocab": [["a", -1], ["b"', /model\.vocab/],
    ['of another kind', '{"model": {"type": "WordLevel", "vocab": []}}', /the model "WordLevel"/],
  ])('takes sentencepiece.bpe.model where tokenizer.json is %s, and says why', async (_name, content, reason) => {
    using folder = temporaryFolder({ 'sentencepiece.bpe.model': model });
    if (content !== null) folder.write('tokenizer.json', content);
    const { file, compiled, diagnostics } = await readTokenizerSource(folder.path);
    expect(file).toBe('sentencepiece.bpe.model');
    expect(UnigramTokenizer.fromCompiled(compiled).vocabularySize).toBe(70_000);
    expect(diagnostics.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'TOKENIZER_FILE_SKIPPED']]);
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

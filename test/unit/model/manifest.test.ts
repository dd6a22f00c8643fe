import { readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest, type ModelManifest } from '../../../src/model/manifest.ts';
import { EMBEDDED_FOLDER, modelFolder, temporaryFolder } from './model-folder.ts';

const CONFIG = JSON.parse(readFileSync(join(EMBEDDED_FOLDER, 'config.json'), 'utf8')) as Record<string, unknown>;

async function manifestWith(files: Record<string, string | null>, name = 'some-model'): Promise<ModelManifest> {
  await using folder = await temporaryFolder();
  return await readManifest(await modelFolder(join(folder.path, name), files));
}

const withConfig = (changes: Record<string, unknown>): Record<string, string> => ({
  'config.json': JSON.stringify({ ...CONFIG, ...changes }),
});

describe('readManifest', () => {
  it('reads the embedded model', async () => {
    expect(await readManifest(EMBEDDED_FOLDER)).toEqual({
      folder: EMBEDDED_FOLDER,
      id: 'codegraphai/multilingual-e5-small-int8',
      architecture: 'bert',
      vocabularySize: 70_000,
      hiddenSize: 384,
      layerCount: 12,
      attentionHeads: 12,
      intermediateSize: 1536,
      maxPositions: 512,
      positionOffset: 0,
      layerNormEpsilon: 1e-12,
      pooling: 'mean',
      normalize: true,
      maxTokens: 512,
      prompts: { query: 'query: ', document: 'passage: ' },
    });
  });

  it('takes the shorter of the two limits', async () => {
    expect((await manifestWith({ 'sentence_bert_config.json': '{"max_seq_length": 128}' })).maxTokens).toBe(128);
    expect((await manifestWith({ 'sentence_bert_config.json': '{"max_seq_length": 4096}' })).maxTokens).toBe(512);
    expect((await manifestWith({ 'sentence_bert_config.json': null })).maxTokens).toBe(512);
  });

  it('does without modules.json what sentence-transformers does, and for e5 what e5 needs', async () => {
    const bare = { 'modules.json': null, '1_Pooling/config.json': null, 'config_sentence_transformers.json': null };
    expect(await manifestWith(bare)).toMatchObject({
      pooling: 'mean',
      normalize: false,
      prompts: { query: '', document: '' },
    });
    expect(await manifestWith(bare, 'my-e5-small')).toMatchObject({
      normalize: true,
      prompts: { query: 'query: ', document: 'passage: ' },
    });
  });

  it('reads both spellings of the pooling', async () => {
    expect((await manifestWith({ '1_Pooling/config.json': '{"pooling_mode_cls_token": true}' })).pooling).toBe('cls');
    expect((await manifestWith({ '1_Pooling/config.json': '{"pooling_mode": "cls"}' })).pooling).toBe('cls');
  });

  it.each([
    ['MODEL_UNSUPPORTED', withConfig({ model_type: 'roberta' })],
    ['MODEL_UNSUPPORTED', withConfig({ hidden_act: 'gelu_new' })],
    ['MODEL_UNSUPPORTED', withConfig({ position_embedding_type: 'relative_key' })],
    ['MODEL_UNSUPPORTED', withConfig({ is_decoder: true })],
    ['MODEL_CONFIG_INVALID', withConfig({ num_attention_heads: 7 })],
    ['MODEL_CONFIG_INVALID', withConfig({ hidden_size: 1e9 })],
    ['MODEL_CONFIG_INVALID', withConfig({ layer_norm_eps: -1 })],
    ['MODEL_CONFIG_INVALID', withConfig({ vocab_size: '70000' })],
    ['MODEL_CONFIG_INVALID', { 'config.json': '[]' }],
    ['MODEL_CONFIG_INVALID', { 'config.json': '{"hidden_size":' }],
    ['MODEL_FILE_MISSING', { 'config.json': null }],
    ['MODEL_CONFIG_INVALID', { 'modules.json': '{}' }],
    ['MODEL_UNSUPPORTED', { 'modules.json': '[{"type": "sentence_transformers.models.Dense", "path": "2_Dense"}]' }],
    [
      'MODEL_UNSUPPORTED',
      { 'modules.json': '[{"type": "sentence_transformers.models.Pooling", "path": "../../etc"}]' },
    ],
    ['MODEL_UNSUPPORTED', { '1_Pooling/config.json': '{"pooling_mode_max_tokens": true}' }],
    [
      'MODEL_UNSUPPORTED',
      { '1_Pooling/config.json': '{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}' },
    ],
    ['MODEL_UNSUPPORTED', { '1_Pooling/config.json': '{"include_prompt": false}' }],
    ['MODEL_CONFIG_INVALID', { '1_Pooling/config.json': '{"word_embedding_dimension": 768}' }],
    ['MODEL_UNSUPPORTED', { 'sentence_bert_config.json': '{"do_lower_case": true}' }],
  ])('refuses with %s what would change the result: %j', async (code, files) => {
    await expect(manifestWith(files)).rejects.toMatchObject({ name: 'ModelError', code, hint: expect.any(String) });
  });

  it.skipIf(process.platform === 'win32')('does not read devices that a file of the model links to', async () => {
    await using temporary = await temporaryFolder();
    const folder = await modelFolder(join(temporary.path, 'model'), { 'modules.json': null });
    await symlink('/dev/zero', join(folder, 'modules.json'));
    await expect(readManifest(folder)).rejects.toMatchObject({ code: 'MODEL_CONFIG_INVALID' });
  });
});

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

/** modules.json of sentence-transformers modules, each in the folder it would save it to. */
function modules(...kinds: string[]): Record<string, string> {
  const entries = kinds.map((kind, index) => ({
    type: `sentence_transformers.models.${kind}`,
    path: index === 0 ? '' : `${index}_${kind}`,
  }));
  return { 'modules.json': JSON.stringify(entries) };
}

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
      activation: 'gelu',
      layerNormEpsilon: 1e-12,
      relativeAttentionBuckets: null,
      pooling: 'mean',
      extraPoolings: [],
      modules: [],
      normalize: true,
      dimensions: 384,
      maxTokens: 512,
      truncationSide: 'right',
      prompts: { query: 'query: ', document: 'passage: ', passage: 'passage: ' },
      defaultPrompt: '',
      similarity: 'cosine',
      extraWeightFiles: [],
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

  it('takes the limit of the tokenizer where the network has none', async () => {
    const tokenizer = { 'tokenizer_config.json': '{"model_max_length": 256}' };
    expect((await manifestWith({ ...tokenizer, 'sentence_bert_config.json': null })).maxTokens).toBe(256);
    expect((await manifestWith({ ...tokenizer, 'sentence_bert_config.json': '{}' })).maxTokens).toBe(256);
    expect((await manifestWith(tokenizer)).maxTokens).toBe(512);
    const unlimited = { 'tokenizer_config.json': '{"model_max_length": 1e30}', 'sentence_bert_config.json': null };
    expect((await manifestWith(unlimited)).maxTokens).toBe(512);
    const older = { 'sentence_bert_config.json': null, 'sentence_roberta_config.json': '{"max_seq_length": 75}' };
    expect((await manifestWith(older)).maxTokens).toBe(75);
  });

  it('leaves out the positions that stand before the first token', async () => {
    const roberta = withConfig({ model_type: 'roberta', max_position_embeddings: 514, pad_token_id: 1 });
    expect((await manifestWith({ ...roberta, 'sentence_bert_config.json': '{}' })).maxTokens).toBe(512);
    const asked = { 'sentence_bert_config.json': '{"max_seq_length": 514}' };
    expect((await manifestWith({ ...roberta, ...asked })).maxTokens).toBe(512);
  });

  it('knows which end of a long text the tokenizer leaves out', async () => {
    expect((await manifestWith({})).truncationSide).toBe('right');
    const left = { 'tokenizer_config.json': '{"truncation_side": "left"}' };
    expect((await manifestWith(left)).truncationSide).toBe('left');
  });

  it('takes arguments for loading that leave the result as it is', async () => {
    const args = { model_args: { attn_implementation: 'eager', torch_dtype: 'float16' }, tokenizer_args: {} };
    const harmless = { ...args, config_kwargs: { trust_remote_code: true }, max_seq_length: 64 };
    expect((await manifestWith({ 'sentence_bert_config.json': JSON.stringify(harmless) })).maxTokens).toBe(64);
  });

  it('reads both spellings of the pooling', async () => {
    expect((await manifestWith({ '1_Pooling/config.json': '{"pooling_mode_cls_token": true}' })).pooling).toBe('cls');
    expect((await manifestWith({ '1_Pooling/config.json': '{"pooling_mode": "cls"}' })).pooling).toBe('cls');
    expect(
      (await manifestWith({ '1_Pooling/config.json': '{"pooling_mode": "cls", "pooling_mode_max_tokens": true}' }))
        .pooling,
    ).toBe('cls');
    expect((await manifestWith({ '1_Pooling/config.json': '{}' })).pooling).toBe('mean');
  });

  it('joins several poolings in the order of sentence-transformers', async () => {
    const flags = '{"pooling_mode_lasttoken": true, "pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true}';
    const joined = { pooling: 'cls', extraPoolings: ['mean', 'lasttoken'], dimensions: 3 * 384 };
    expect(await manifestWith({ '1_Pooling/config.json': flags })).toMatchObject(joined);
    const list = '{"pooling_mode": ["mean", "cls"], "embedding_dimension": 384}';
    expect(await manifestWith({ '1_Pooling/config.json': list })).toMatchObject({
      pooling: 'mean',
      extraPoolings: ['cls'],
    });
  });

  it('reads the steps behind the pooling and their files', async () => {
    const kinds = ['Transformer', 'Pooling', 'Dropout', 'Dense', 'Normalize', 'LayerNorm', 'Dense', 'Normalize'];
    const paths = ['', '1_Pooling', '2_Dropout', '3_Dense', '4_Normalize', '5_LayerNorm', '6_Dense', '7_Normalize'];
    const entries = kinds.map((kind, index) => ({ type: `sentence_transformers.models.${kind}`, path: paths[index] }));
    const manifest = await manifestWith({
      'modules.json': JSON.stringify(entries),
      '3_Dense/config.json':
        '{"in_features": 384, "out_features": 96, "activation_function": "torch.nn.modules.linear.Identity"}',
      '3_Dense/pytorch_model.bin': '',
      '5_LayerNorm/config.json': '{"dimension": 96}',
      '5_LayerNorm/model.safetensors': '',
      '6_Dense/config.json': '{"in_features": 96, "out_features": 64, "bias": false, "use_residual": true}',
      '6_Dense/model.safetensors': '',
      '6_Dense/pytorch_model.bin': '',
    });
    const dense = { kind: 'dense', inputSize: 384, outputSize: 96, bias: true, activation: 'linear', residual: false };
    expect(manifest).toMatchObject({
      dimensions: 64,
      normalize: true,
      modules: [
        { ...dense, weightFile: '3_Dense/pytorch_model.bin' },
        { kind: 'normalize' },
        { kind: 'layer-norm', size: 96, weightFile: '5_LayerNorm/model.safetensors' },
        { kind: 'dense', inputSize: 96, outputSize: 64, bias: false, activation: 'tanh', residual: true },
      ],
      extraWeightFiles: ['3_Dense/pytorch_model.bin', '5_LayerNorm/model.safetensors', '6_Dense/model.safetensors'],
    });
  });

  it('reads all prompts, the default one and the similarity', async () => {
    const usage = {
      prompts: { query: 'q: ', corpus: 'c: ', clustering: 'topic: ' },
      default_prompt_name: 'clustering',
      similarity_fn_name: 'dot',
    };
    const manifest = await manifestWith({ 'config_sentence_transformers.json': JSON.stringify(usage) });
    const several = '{"prompts": {"corpus": "c: ", "passage": "p: ", "document": "d: "}}';
    expect((await manifestWith({ 'config_sentence_transformers.json': several })).prompts.document).toBe('d: ');
    expect(manifest).toMatchObject({
      prompts: { query: 'q: ', document: 'c: ', corpus: 'c: ', clustering: 'topic: ' },
      defaultPrompt: 'topic: ',
      similarity: 'dot',
    });
  });

  it('leaves lower-casing to the tokenizer where that knows of it', async () => {
    const asked = '{"do_lower_case": true, "max_seq_length": 64}';
    expect((await manifestWith({ 'sentence_bert_config.json': asked })).maxTokens).toBe(64);
    const older = { 'sentence_bert_config.json': null, 'sentence_roberta_config.json': asked };
    const tokenizer = { 'tokenizer_config.json': '{"do_lower_case": true}' };
    expect((await manifestWith({ ...older, ...tokenizer })).maxTokens).toBe(64);
    await expect(manifestWith(older)).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  });

  it.each([
    ['MODEL_UNSUPPORTED', withConfig({ model_type: 'electra' })],
    ['MODEL_UNSUPPORTED', withConfig({ hidden_act: 'prelu' })],
    ['MODEL_UNSUPPORTED', withConfig({ position_embedding_type: 'relative_key' })],
    ['MODEL_UNSUPPORTED', withConfig({ is_decoder: true })],
    ['MODEL_UNSUPPORTED', withConfig({ add_cross_attention: true })],
    ['MODEL_UNSUPPORTED', withConfig({ is_encoder_decoder: true })],
    ['MODEL_UNSUPPORTED', withConfig({ embedding_size: 128 })],
    ['MODEL_UNSUPPORTED', withConfig({ pruned_heads: { 1: [0] } })],
    ['MODEL_UNSUPPORTED', withConfig({ adapters: { adapters: {} } })],
    ['MODEL_UNSUPPORTED', withConfig({ auto_map: { AutoModel: 'modeling_own.OwnModel' } })],
    ['MODEL_UNSUPPORTED', withConfig({ auto_map: { AutoConfig: 'configuration_own.OwnConfig' } })],
    ['MODEL_UNSUPPORTED', withConfig({ quantization_config: { quant_method: 'bitsandbytes' } })],
    ['MODEL_UNSUPPORTED', { 'adapter_config.json': '{}' }],
    ['MODEL_CONFIG_INVALID', withConfig({ num_attention_heads: 7 })],
    ['MODEL_CONFIG_INVALID', withConfig({ hidden_size: 1e9 })],
    ['MODEL_CONFIG_INVALID', withConfig({ layer_norm_eps: -1 })],
    ['MODEL_CONFIG_INVALID', withConfig({ vocab_size: '70000' })],
    ['MODEL_CONFIG_INVALID', withConfig({ model_type: 'roberta', pad_token_id: 510 })],
    ['MODEL_CONFIG_INVALID', withConfig({ hidden_act: 3 })],
    ['MODEL_CONFIG_INVALID', { 'config.json': '[]' }],
    ['MODEL_CONFIG_INVALID', { 'config.json': '{"hidden_size":' }],
    ['MODEL_FILE_MISSING', { 'config.json': null }],
    ['MODEL_CONFIG_INVALID', { 'modules.json': '{}' }],
    ['MODEL_UNSUPPORTED', modules('StaticEmbedding')],
    ['MODEL_UNSUPPORTED', modules('CLIPModel')],
    ['MODEL_UNSUPPORTED', modules('Transformer', 'WeightedLayerPooling', 'Pooling')],
    ['MODEL_UNSUPPORTED', modules('Transformer', 'Dense', 'Pooling')],
    ['MODEL_UNSUPPORTED', modules('Transformer', 'Pooling', 'Pooling')],
    ['MODEL_UNSUPPORTED', modules('Transformer', 'Pooling', 'LSTM')],
    ['MODEL_UNSUPPORTED', { 'modules.json': '[{"type": "custom_st.Transformer", "path": ""}]' }],
    [
      'MODEL_UNSUPPORTED',
      { 'modules.json': '[{"type": "sentence_transformers.models.Transformer", "path": "0_Transformer"}]' },
    ],
    [
      'MODEL_UNSUPPORTED',
      {
        'modules.json':
          '[{"type": "sentence_transformers.models.Transformer", "path": ""}, {"type": "sentence_transformers.models.Pooling", "path": "../../etc"}]',
      },
    ],
    [
      'MODEL_UNSUPPORTED',
      {
        'modules.json':
          '[{"type": "sentence_transformers.models.Transformer"}, {"type": "own_code.Pooling", "path": "1_Pooling"}]',
      },
    ],
    ['MODEL_FILE_MISSING', modules('Transformer', 'Pooling', 'Dense')],
    [
      'MODEL_FILE_MISSING',
      {
        ...modules('Transformer', 'Pooling', 'Dense'),
        '2_Dense/config.json': '{"in_features": 384, "out_features": 8}',
      },
    ],
    [
      'MODEL_CONFIG_INVALID',
      { ...modules('Transformer', 'Pooling', 'Dense'), '2_Dense/config.json': '{"in_features": 8, "out_features": 8}' },
    ],
    [
      'MODEL_UNSUPPORTED',
      {
        ...modules('Transformer', 'Pooling', 'Dense'),
        '2_Dense/config.json': '{"in_features": 384, "activation_function": "mine.Tanh"}',
      },
    ],
    [
      'MODEL_UNSUPPORTED',
      {
        ...modules('Transformer', 'Pooling', 'Dense'),
        '2_Dense/config.json': '{"in_features": 384, "activation_function": null}',
      },
    ],
    [
      'MODEL_UNSUPPORTED',
      {
        ...modules('Transformer', 'Pooling', 'Dense'),
        '2_Dense/config.json': '{"module_input_name": "token_embeddings"}',
      },
    ],
    [
      'MODEL_UNSUPPORTED',
      {
        ...modules('Transformer', 'Pooling', 'Dense'),
        '2_Dense/config.json': '{"module_output_name": "projected"}',
      },
    ],
    [
      'MODEL_UNSUPPORTED',
      {
        ...modules('Transformer', 'Pooling', 'Normalize'),
        '2_Normalize/config.json': '{"module_input_name": "token_embeddings"}',
      },
    ],
    ['MODEL_UNSUPPORTED', { '1_Pooling/config.json': '{"pooling_mode": "attention"}' }],
    ['MODEL_UNSUPPORTED', { '1_Pooling/config.json': '{"include_prompt": false}' }],
    ['MODEL_CONFIG_INVALID', { '1_Pooling/config.json': '{"word_embedding_dimension": 768}' }],
    ['MODEL_UNSUPPORTED', { 'sentence_bert_config.json': '{"transformer_task": "fill-mask"}' }],
    ['MODEL_UNSUPPORTED', { 'sentence_bert_config.json': '{"query_length": 32}' }],
    ['MODEL_UNSUPPORTED', { 'sentence_bert_config.json': '{"tokenizer_name_or_path": "bert-base-uncased"}' }],
    ['MODEL_UNSUPPORTED', { 'sentence_bert_config.json': '{"config_args": {"hidden_act": "relu"}}' }],
    ['MODEL_UNSUPPORTED', { 'sentence_bert_config.json': '{"tokenizer_args": {"model_max_length": 64}}' }],
    ['MODEL_UNSUPPORTED', { 'sentence_bert_config.json': '{"model_kwargs": {"subfolder": "onnx"}}' }],
    ['MODEL_CONFIG_INVALID', { 'sentence_bert_config.json': '{"model_args": 3}' }],
    [
      'MODEL_UNSUPPORTED',
      { 'sentence_bert_config.json': '{"modality_config": {"text": {"method_output_name": "pooler_output"}}}' },
    ],
    ['MODEL_UNSUPPORTED', { 'config_sentence_transformers.json': '{"model_type": "CrossEncoder"}' }],
    ['MODEL_CONFIG_INVALID', { 'config_sentence_transformers.json': '{"similarity_fn_name": "jaccard"}' }],
    ['MODEL_CONFIG_INVALID', { 'config_sentence_transformers.json': '{"default_prompt_name": "toString"}' }],
    ['MODEL_CONFIG_INVALID', { 'config_sentence_transformers.json': '{"prompts": {"query": 3}}' }],
  ])('refuses with %s what would change the result: %j', async (code, files: Record<string, string | null>) => {
    await expect(manifestWith(files)).rejects.toMatchObject({ name: 'ModelError', code, hint: expect.any(String) });
  });

  it.each([
    ['model_type=t5', { model_type: 't5' }],
    ['hidden_act=prelu', { hidden_act: 'prelu' }],
    ['is_decoder=true', { is_decoder: true }],
    ['position_embedding_type=relative_key_query', { position_embedding_type: 'relative_key_query' }],
    ['auto_map.AutoModel="modeling_own.OwnModel"', { auto_map: { AutoModel: 'modeling_own.OwnModel' } }],
  ])('names the flag and its value: %s', async (feature, changes) => {
    await expect(manifestWith(withConfig(changes))).rejects.toMatchObject({ details: { feature } });
  });

  it.skipIf(process.platform === 'win32')('does not read devices that a file of the model links to', async () => {
    await using temporary = await temporaryFolder();
    const folder = await modelFolder(join(temporary.path, 'model'), { 'modules.json': null });
    await symlink('/dev/zero', join(folder, 'modules.json'));
    await expect(readManifest(folder)).rejects.toMatchObject({ code: 'MODEL_CONFIG_INVALID' });
  });
});

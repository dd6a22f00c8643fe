import { describe, expect, it } from 'vitest';
import { JsonObject } from '../../../src/model/json-object.ts';
import { readNetworkConfig } from '../../../src/model/network-config.ts';

const BERT = {
  vocab_size: 100,
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 64,
  max_position_embeddings: 514,
};
const DISTILBERT = {
  model_type: 'distilbert',
  vocab_size: 100,
  dim: 32,
  n_layers: 2,
  n_heads: 4,
  hidden_dim: 64,
  max_position_embeddings: 512,
};

const read = (config: Record<string, unknown>): ReturnType<typeof readNetworkConfig> =>
  readNetworkConfig(new JsonObject('config.json', config));

describe('readNetworkConfig', () => {
  it('takes a config without model_type for BERT', () => {
    expect(read(BERT)).toMatchObject({ architecture: 'bert', positionOffset: 0, activation: 'gelu' });
    expect(read({ ...BERT, architectures: ['BertForMaskedLM'] }).architecture).toBe('bert');
  });

  it('refuses a config without model_type whose class is not of BERT', () => {
    expect(() => read({ ...BERT, architectures: ['RobertaModel'] })).toThrow(
      expect.objectContaining({ code: 'MODEL_CONFIG_INVALID', message: expect.stringContaining('RobertaModel') }),
    );
    expect(read({ ...BERT, model_type: 'roberta', architectures: ['OwnModel'] }).architecture).toBe('roberta');
  });

  it.each(['roberta', 'xlm-roberta', 'camembert'])('counts positions of %s from behind the padding', (model_type) => {
    expect(read({ ...BERT, model_type }).positionOffset).toBe(2);
    expect(read({ ...BERT, model_type, pad_token_id: 0 }).positionOffset).toBe(1);
  });

  it('reads the names of DistilBERT, its fixed epsilon, and the names of others it accepts', () => {
    const expected = { hiddenSize: 32, layerCount: 2, attentionHeads: 4, intermediateSize: 64, positionOffset: 0 };
    expect(read({ ...DISTILBERT, activation: 'relu', layer_norm_eps: 1 })).toMatchObject({
      ...expected,
      activation: 'relu',
      layerNormEpsilon: 1e-12,
    });
    const { dim, n_layers, n_heads, ...rest } = DISTILBERT;
    const renamed = { ...rest, hidden_size: dim, num_hidden_layers: n_layers, num_attention_heads: n_heads };
    expect(read(renamed)).toMatchObject(expected);
  });

  it('has the fixed position offset of MPNet and the size of its bias table', () => {
    expect(read({ ...BERT, model_type: 'mpnet', pad_token_id: 7 })).toMatchObject({
      positionOffset: 2,
      relativeAttentionBuckets: 32,
    });
    expect(read({ ...BERT, model_type: 'mpnet', relative_attention_num_buckets: 40 }).relativeAttentionBuckets).toBe(
      40,
    );
    expect(() => read({ ...BERT, model_type: 'mpnet', relative_attention_num_buckets: 16 })).toThrow(
      expect.objectContaining({ code: 'MODEL_CONFIG_INVALID' }),
    );
  });

  it('accepts flags that change nothing', () => {
    const harmless = {
      auto_map: { AutoModelForMaskedLM: 'own.Head' },
      pruned_heads: {},
      embedding_size: 32,
      quantization_config: { quant_method: 'dynamic' },
      is_decoder: false,
      chunk_size_feed_forward: 8,
      attention_probs_dropout_prob: 0.5,
    };
    expect(read({ ...BERT, ...harmless })).toEqual(read(BERT));
  });
});

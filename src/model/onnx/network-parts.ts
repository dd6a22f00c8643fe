import type { Architecture } from '../network-config.ts';

/** Names of the modules of one encoder layer, behind its own name. */
export interface LayerParts {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly intermediate: string;
  readonly output: string;
  readonly outputNorm: string;
}

/**
 * A network as data. All of them are encoders with the norms behind the residual sums: word and position embeddings
 * (and token types), then layers of attention and feed-forward. Heads and poolers are not part of it.
 */
export interface NetworkParts {
  /** What stands before the number of a layer. */
  readonly layers: string;
  readonly layer: LayerParts;
  readonly hasTokenTypes: boolean;
  /** Table of relative attention biases that all layers share. */
  readonly relativeBias: string | null;
  /**
   * Whether positions count only tokens that are not padding, from the position offset on. A text can hold the padding
   * token: it is what tokenizers make of a literal `<pad>`.
   */
  readonly skipsPadding: boolean;
}

const BERT_LAYER: LayerParts = {
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  attentionOutput: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  intermediate: 'intermediate.dense',
  output: 'output.dense',
  outputNorm: 'output.LayerNorm',
};

const BERT: NetworkParts = {
  layers: 'encoder.layer',
  layer: BERT_LAYER,
  hasTokenTypes: true,
  relativeBias: null,
  skipsPadding: false,
};

const ROBERTA: NetworkParts = { ...BERT, skipsPadding: true };

/** Module names of every architecture, as transformers has them. */
const NETWORK_PARTS: Readonly<Record<Architecture, NetworkParts>> = {
  bert: BERT,
  roberta: ROBERTA,
  'xlm-roberta': ROBERTA,
  camembert: ROBERTA,
  distilbert: {
    layers: 'transformer.layer',
    layer: {
      query: 'attention.q_lin',
      key: 'attention.k_lin',
      value: 'attention.v_lin',
      attentionOutput: 'attention.out_lin',
      attentionNorm: 'sa_layer_norm',
      intermediate: 'ffn.lin1',
      output: 'ffn.lin2',
      outputNorm: 'output_layer_norm',
    },
    hasTokenTypes: false,
    relativeBias: null,
    skipsPadding: false,
  },
  mpnet: {
    layers: 'encoder.layer',
    layer: {
      ...BERT_LAYER,
      query: 'attention.attn.q',
      key: 'attention.attn.k',
      value: 'attention.attn.v',
      attentionOutput: 'attention.attn.o',
      attentionNorm: 'attention.LayerNorm',
    },
    hasTokenTypes: false,
    relativeBias: 'encoder.relative_attention_bias.weight',
    skipsPadding: true,
  },
};

/**
 * The names and parts of an architecture.
 *
 * @throws RangeError for `onnx`: a ready graph is run, not built.
 */
export function networkParts(architecture: Architecture | 'onnx'): NetworkParts {
  if (architecture === 'onnx') throw new RangeError('the network of a ready ONNX graph is not built');
  return NETWORK_PARTS[architecture];
}

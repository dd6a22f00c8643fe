import type { JsonObject } from '../json-object.ts';
import type { ManifestNetwork } from '../manifest.ts';
import { graphInterface } from './graph-interface.ts';
import { unsupportedOnnx } from './onnx-error.ts';
import type { OnnxModel } from './onnx-model.ts';

/** Longest text where neither the graph nor config.json limits it. */
const DEFAULT_POSITIONS = 512;
/** Architectures whose positions begin behind that of the padding token. */
const OFFSET_ARCHITECTURES: ReadonlySet<string> = new Set(['roberta', 'xlm-roberta', 'camembert', 'mpnet']);
const LIMITS = { min: 1, max: 2_000_000 } as const;

/**
 * Describes the network of a ready graph, by what the graph shows and config.json adds: sizes alone, since whatever else
 * config.json says is in the graph already.
 *
 * @throws {@link OnnxError} `ONNX_UNSUPPORTED` when nobody says how wide its output is; {@link ModelError}
 * `MODEL_CONFIG_INVALID`.
 */
export function readyNetwork(model: OnnxModel, config: JsonObject | null): ManifestNetwork {
  const { output, fixedLength } = graphInterface(model);
  const integer = (...names: readonly string[]): number | null => {
    const name = names.find((candidate) => typeof config?.get(candidate) === 'number');
    return name === undefined || config === null ? null : config.integer(name, LIMITS);
  };
  const configured = integer('hidden_size', 'dim', 'd_model', 'n_embd');
  const hiddenSize = output.kind === 'tokens' ? (output.width ?? configured) : (configured ?? output.width);
  if (hiddenSize === null) {
    const hint = 'Put the config.json of the model into its folder.';
    throw unsupportedOnnx(model.path, 'does not say how wide its output is', 'width of the output', hint);
  }
  const positionOffset = OFFSET_ARCHITECTURES.has(config?.string('model_type', '') ?? '')
    ? (integer('pad_token_id') ?? 1) + 1
    : 0;
  const positions = integer('max_position_embeddings', 'n_positions') ?? DEFAULT_POSITIONS + positionOffset;
  return {
    architecture: 'onnx',
    vocabularySize: integer('vocab_size') ?? vocabularySize(model, hiddenSize),
    hiddenSize,
    layerCount: integer('num_hidden_layers', 'n_layers', 'num_layers') ?? 0,
    attentionHeads: integer('num_attention_heads', 'n_heads', 'num_heads') ?? 0,
    intermediateSize: integer('intermediate_size', 'hidden_dim', 'd_ff') ?? 0,
    maxPositions: Math.min(positions, (fixedLength ?? Infinity) + positionOffset),
    positionOffset,
    // Not looked at: the graph computes them.
    activation: 'linear',
    layerNormEpsilon: 0,
    relativeAttentionBuckets: null,
  };
}

/** Rows of the largest table: the word embeddings. */
function vocabularySize({ constants }: OnnxModel, hiddenSize: number): number {
  const tables = constants.filter(({ dims }) => dims.length === 2 && dims[1] === hiddenSize);
  return tables.reduce((most, { dims }) => Math.max(most, dims[0] ?? 0), 1);
}

import { ACTIVATION_NAMES, activationNamed, type Activation } from './activation.ts';
import type { JsonObject } from './json-object.ts';
import { ModelError } from './model-error.ts';

/** Network architectures that can be compiled, by their `model_type`. */
export const ARCHITECTURES = ['bert', 'roberta', 'xlm-roberta', 'camembert', 'distilbert', 'mpnet'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** What config.json says of a network: everything its output depends on besides the weights. */
export interface NetworkConfig {
  readonly architecture: Architecture;
  readonly vocabularySize: number;
  /** Width of a token's embedding. */
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly attentionHeads: number;
  readonly intermediateSize: number;
  /** Rows of the position table, those before {@link positionOffset} included. */
  readonly maxPositions: number;
  /**
   * Row of the position table that belongs to the first token: 0 for BERT and DistilBERT. RoBERTa and its kin begin at
   * `pad_token_id + 1`, and leave padding tokens that stand in the text at row `pad_token_id`.
   */
  readonly positionOffset: number;
  readonly activation: Activation;
  readonly layerNormEpsilon: number;
  /** Rows of MPNet's table of relative attention biases; null for the others. */
  readonly relativeAttentionBuckets: number | null;
}

/** Sizes beyond these are damage or attack, not a model that runs on one CPU (CWE-770). */
const LIMITS = {
  vocabulary: { min: 1, max: 2_000_000 },
  width: { min: 1, max: 16_384 },
  layers: { min: 1, max: 128 },
  /** From three on: two special tokens and one of the text. */
  positions: { min: 3, max: 131_072 },
  paddingToken: { min: 0, max: 2_000_000 },
  buckets: { min: 32, max: 4096 },
} as const;

/** What helps where a network cannot be built: a graph brings its own, and others can. */
const ANOTHER_WAY =
  'Name an ONNX export of this model, such as its onnx/model.onnx, or another model, such as intfloat/multilingual-e5-small.';

/** How config.json of an architecture names its sizes; more than one name where transformers takes several. */
interface ConfigNames {
  readonly hiddenSize: readonly string[];
  readonly layerCount: readonly string[];
  readonly attentionHeads: readonly string[];
  readonly intermediateSize: string;
  readonly activation: string;
  /** Null where the network has a fixed one. */
  readonly layerNormEpsilon: string | null;
}

const BERT_NAMES: ConfigNames = {
  hiddenSize: ['hidden_size'],
  layerCount: ['num_hidden_layers'],
  attentionHeads: ['num_attention_heads'],
  intermediateSize: 'intermediate_size',
  activation: 'hidden_act',
  layerNormEpsilon: 'layer_norm_eps',
};

const DISTILBERT_NAMES: ConfigNames = {
  hiddenSize: ['dim', 'hidden_size'],
  layerCount: ['n_layers', 'num_hidden_layers'],
  attentionHeads: ['n_heads', 'num_attention_heads'],
  intermediateSize: 'hidden_dim',
  activation: 'activation',
  layerNormEpsilon: null,
};

const DEFAULT_LAYER_NORM_EPSILON = 1e-12;
/** MPNet counts positions from here whatever its `pad_token_id` is. */
const MPNET_POSITION_OFFSET = 2;
const DEFAULT_RELATIVE_BUCKETS = 32;

/** Flags that change the result, with the only values that are computed. */
const REQUIRED_FLAGS: ReadonlyArray<readonly [field: string, fallback: unknown, supported: readonly unknown[]]> = [
  ['position_embedding_type', 'absolute', ['absolute']],
  ['is_decoder', false, [false]],
  ['add_cross_attention', false, [false]],
  ['is_encoder_decoder', false, [false]],
];

/** Methods whose packed weights only the package that made them can read. */
const FOREIGN_QUANTIZATION: readonly string[] = [
  'aqlm',
  'auto-round',
  'awq',
  'bitnet',
  'bitsandbytes',
  'compressed-tensors',
  'eetq',
  'fbgemm_fp8',
  'fp8',
  'gptq',
  'higgs',
  'hqq',
  'quanto',
  'spqr',
  'torchao',
  'vptq',
];

/**
 * Reads config.json of a network.
 *
 * @throws {@link ModelError} `MODEL_CONFIG_INVALID` for impossible values, `MODEL_UNSUPPORTED` for an architecture or a
 * flag that is not computed.
 */
export function readNetworkConfig(config: JsonObject): NetworkConfig {
  const architecture = readArchitecture(config);
  assertNoOwnCode(config);
  assertFlags(config);
  const names = architecture === 'distilbert' ? DISTILBERT_NAMES : BERT_NAMES;
  const sizes = {
    hiddenSize: config.integer(nameIn(config, names.hiddenSize), LIMITS.width),
    layerCount: config.integer(nameIn(config, names.layerCount), LIMITS.layers),
    attentionHeads: config.integer(nameIn(config, names.attentionHeads), LIMITS.width),
    intermediateSize: config.integer(names.intermediateSize, LIMITS.width),
    maxPositions: config.integer('max_position_embeddings', LIMITS.positions),
  };
  assertSizesFit(config, sizes);
  const positionOffset = readPositionOffset(config, architecture);
  if (sizes.maxPositions - positionOffset < LIMITS.positions.min) {
    throw contradiction(
      config,
      'max_position_embeddings',
      `${sizes.maxPositions} positions leave no room behind the padding's`,
    );
  }
  return {
    architecture,
    vocabularySize: config.integer('vocab_size', LIMITS.vocabulary),
    ...sizes,
    positionOffset,
    activation: readActivation(config, names.activation),
    layerNormEpsilon:
      names.layerNormEpsilon === null
        ? DEFAULT_LAYER_NORM_EPSILON
        : config.positiveNumber(names.layerNormEpsilon, DEFAULT_LAYER_NORM_EPSILON),
    relativeAttentionBuckets:
      architecture === 'mpnet'
        ? config.integer('relative_attention_num_buckets', LIMITS.buckets, DEFAULT_RELATIVE_BUCKETS)
        : null,
  };
}

function readArchitecture(config: JsonObject): Architecture {
  const value = config.string('model_type', '') || 'bert';
  const architecture = ARCHITECTURES.find((candidate) => candidate === value);
  if (architecture === undefined) {
    throw unsupported(config, `model_type is ${JSON.stringify(value)}; supported: ${ARCHITECTURES.join(', ')}`, {
      feature: `model_type=${value}`,
      hint: ANOTHER_WAY,
    });
  }
  if ((config.get('model_type') ?? '') === '') assertClassOfBert(config);
  return architecture;
}

/** Only the configurations of old BERT models have no `model_type`; RoBERTa's would run as BERT, with wrong positions. */
function assertClassOfBert(config: JsonObject): void {
  const names = config.get('architectures');
  const [name = 'BertModel']: readonly unknown[] = Array.isArray(names) ? names : [];
  if (typeof name === 'string' && name.startsWith('Bert')) return;
  throw contradiction(config, 'model_type', `model_type is missing, and architectures names ${JSON.stringify(name)}`);
}

/** `auto_map` names Python files of the model that transformers would run in place of its own network. */
function assertNoOwnCode(config: JsonObject): void {
  const names = config.object('auto_map');
  const own = ['AutoModel', 'AutoConfig'].find((name) => names?.get(name) !== undefined);
  if (own === undefined) return;
  const value = JSON.stringify(names?.get(own));
  throw unsupported(config, `auto_map names code of the model itself for ${own} (${value}), which is never run`, {
    feature: `auto_map.${own}=${value}`,
    hint: ANOTHER_WAY,
  });
}

function assertFlags(config: JsonObject): void {
  for (const [field, fallback, supported] of REQUIRED_FLAGS) {
    const value = config.get(field) ?? fallback;
    if (!supported.includes(value)) throw unsupportedFlag(config, field, value, supported);
  }
  const adapters = config.get('adapters');
  if (isFilled(adapters)) {
    throw unsupported(config, 'the model has adapters, which change every layer', {
      feature: 'adapters',
      hint: 'Merge the adapters into the weights and save the model again.',
    });
  }
  const pruned = config.get('pruned_heads');
  if (isFilled(pruned)) throw unsupportedFlag(config, 'pruned_heads', pruned, ['{}']);
  const method = config.object('quantization_config')?.string('quant_method', '') ?? '';
  if (FOREIGN_QUANTIZATION.includes(method)) {
    throw unsupported(config, `the weights were packed by the quantization method ${method}`, {
      feature: `quantization_config.quant_method=${method}`,
      hint: 'Use the float weights of this model (they are quantized to int8 while loading).',
    });
  }
}

/** Whether a value is an object or list with something in it. */
function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function nameIn(config: JsonObject, names: readonly string[]): string {
  return names.find((name) => config.get(name) !== undefined) ?? names[0] ?? '';
}

function assertSizesFit(
  config: JsonObject,
  { hiddenSize, attentionHeads }: { readonly hiddenSize: number; readonly attentionHeads: number },
): void {
  if (hiddenSize % attentionHeads !== 0) {
    throw contradiction(
      config,
      'num_attention_heads',
      `hidden_size ${hiddenSize} is no multiple of ${attentionHeads} heads`,
    );
  }
  const embeddingSize = config.get('embedding_size') ?? hiddenSize;
  if (embeddingSize !== hiddenSize) throw unsupportedFlag(config, 'embedding_size', embeddingSize, [hiddenSize]);
}

function readPositionOffset(config: JsonObject, architecture: Architecture): number {
  if (architecture === 'bert' || architecture === 'distilbert') return 0;
  if (architecture === 'mpnet') return MPNET_POSITION_OFFSET;
  return config.integer('pad_token_id', LIMITS.paddingToken, 1) + 1;
}

function readActivation(config: JsonObject, field: string): Activation {
  const name = config.string(field, 'gelu');
  const activation = activationNamed(name);
  if (activation === null) throw unsupportedFlag(config, field, name, ACTIVATION_NAMES);
  return activation;
}

function contradiction(config: JsonObject, field: string, what: string): ModelError {
  return new ModelError(`${config.path}: ${what}`, {
    code: 'MODEL_CONFIG_INVALID',
    hint: 'Get the model again: its config.json contradicts itself.',
    details: { path: config.path, field },
  });
}

function unsupportedFlag(config: JsonObject, field: string, value: unknown, supported: readonly unknown[]): ModelError {
  return unsupported(config, `${field} is ${JSON.stringify(value)}; supported: ${supported.map(String).join(', ')}`, {
    feature: `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    hint: ANOTHER_WAY,
  });
}

function unsupported(
  config: JsonObject,
  what: string,
  { feature, hint }: { readonly feature: string; readonly hint: string },
): ModelError {
  return new ModelError(`${config.path}: ${what}`, {
    code: 'MODEL_UNSUPPORTED',
    hint,
    details: { path: config.path, feature },
  });
}

import { posix } from 'node:path';
import { activationMinimum } from '../activation.ts';
import type { ModelManifest } from '../manifest.ts';
import type { DenseModule, SentenceModule } from '../sentence-modules.ts';
import { addActivation } from './activation-nodes.ts';
import { OUTPUT_NAME, POOLED_INPUT } from './compiled-model.ts';
import { addEmbeddings } from './embedding-nodes.ts';
import { float32Initializer } from './initializer-bytes.ts';
import type { LinearLayer } from './linear-form.ts';
import { LinearNodes, type LinearOptions } from './linear-nodes.ts';
import type { ModelWeights } from './model-weights.ts';
import { networkParts } from './network-parts.ts';
import { OnnxGraph, type ValueName } from './onnx-graph.ts';
import { addNormalization, addPoolings } from './pooling-nodes.ts';
import { addRelativeBias } from './relative-bias.ts';

/** Epsilon of torch.nn.LayerNorm, which modules behind the pooling do not change. */
const MODULE_NORM_EPSILON = 1e-5;

/**
 * Builds the whole way from token ids (or their embeddings) to a sentence embedding for one text a run: no padding, so
 * no mask. The choice of operators is measured: one DynamicQuantizeLinear shared by query, key and value;
 * DynamicQuantizeMatMul elsewhere; fused attention; plain Add and LayerNormalization (the fused SkipLayerNormalization
 * is 20 % slower on CPUs).
 *
 * @throws {@link ModelError} `MODEL_TENSOR_MISSING`, `MODEL_SHAPE_MISMATCH` or `MODEL_UNSUPPORTED`.
 */
export function buildGraph(manifest: ModelManifest, weights: ModelWeights, options: LinearOptions): OnnxGraph {
  const graph = new OnnxGraph(`${manifest.architecture}_sentence_encoder`);
  const context = contextOf(graph, { manifest, weights, options });
  const { embeddings, length } = addEmbeddings(graph, weights, manifest);
  let hidden = addLayerNorm(context, embeddings, { module: 'embeddings.LayerNorm' });
  const { relativeBias, layers } = networkParts(manifest.architecture);
  const bias = relativeBias === null ? null : addRelativeBias(graph, weights, manifest, { name: relativeBias, length });
  for (let layer = 0; layer < manifest.layerCount; layer++) {
    hidden = addEncoderLayer(context, { module: `${layers}.${layer}`, bias }, hidden);
  }
  const row = addPoolings(graph, [manifest.pooling, ...manifest.extraPoolings], hidden);
  addModules(context, row);
  return graph;
}

/**
 * Builds only what comes behind the pooling, from {@link POOLED_INPUT} to the sentence embedding: for networks that are
 * run by a graph of their own.
 *
 * @throws as {@link buildGraph}.
 */
export function buildModulesGraph(manifest: ModelManifest, weights: ModelWeights, options: LinearOptions): OnnxGraph {
  const graph = new OnnxGraph('sentence_modules');
  const width = manifest.hiddenSize * (1 + manifest.extraPoolings.length);
  addModules(contextOf(graph, { manifest, weights, options }), graph.input(POOLED_INPUT, 'float32', [1, width]));
  return graph;
}

/** The modules behind the pooling, up to the output of the graph. */
function addModules(context: GraphContext, pooled: ValueName): void {
  const { graph, manifest } = context;
  let row = pooled;
  for (const module of manifest.modules) row = addSentenceModule(context, module, row);
  if (manifest.normalize) row = addNormalization(graph, row);
  graph.output(row, OUTPUT_NAME, 'float32', [1, manifest.dimensions]);
}

function contextOf(
  graph: OnnxGraph,
  { manifest, weights, options }: Pick<GraphContext, 'manifest' | 'weights'> & { readonly options: LinearOptions },
): GraphContext {
  const linears = new LinearNodes(graph, weights, options);
  return {
    graph,
    manifest,
    weights,
    linear(input, layer) {
      // Every Linear here has a bias, unless packing said that it has none: else the checkpoint is not whole.
      if (weights.dynamicLinear(layer.module)?.hasBias !== false) {
        weights.tensor(`${layer.module}.bias`, [layer.outputSize]);
      }
      return linears.add(input, layer);
    },
    linearWithoutBias: (input, layer) => linears.add(input, layer),
  };
}

type LinearAdder = (input: ValueName, layer: LinearLayer) => ValueName;

interface GraphContext {
  readonly graph: OnnxGraph;
  readonly manifest: ModelManifest;
  readonly weights: ModelWeights;
  readonly linear: LinearAdder;
  readonly linearWithoutBias: LinearAdder;
}

interface LayerNorm {
  readonly module: string;
  /** @defaultValue that of the tokens' embeddings */
  readonly size?: number | undefined;
  /** @defaultValue the network's */
  readonly epsilon?: number | undefined;
}

function addLayerNorm({ graph, manifest, weights }: GraphContext, input: ValueName, norm: LayerNorm): ValueName {
  const { module, size = manifest.hiddenSize, epsilon = manifest.layerNormEpsilon } = norm;
  const vector = (name: string): ValueName => float32Initializer(graph, name, weights.tensor(name, [size]));
  return graph.node('LayerNormalization', [input, vector(`${module}.weight`), vector(`${module}.bias`)], {
    attributes: { axis: -1, epsilon: { float: epsilon } },
  });
}

interface EncoderLayer {
  /** Its name, such as `encoder.layer.0`. */
  readonly module: string;
  /** Added to the attention scores. */
  readonly bias: ValueName | null;
}

/** One transformer layer with the norms behind the residual sums; float32 [1, sequence, hidden] in and out. */
function addEncoderLayer(context: GraphContext, { module, bias }: EncoderLayer, input: ValueName): ValueName {
  const { graph, linear, manifest } = context;
  const { hiddenSize, intermediateSize, activation } = manifest;
  const parts = networkParts(manifest.architecture).layer;
  const name = (part: string): string => `${module}.${part}`;
  const square = { inputSize: hiddenSize, outputSize: hiddenSize };
  const query = linear(input, { module: name(parts.query), role: 'query', ...square, sharesInput: true });
  const key = linear(input, { module: name(parts.key), role: 'key', ...square, sharesInput: true });
  const value = linear(input, { module: name(parts.value), role: 'value', ...square, sharesInput: true });
  const attended = addAttention(context, [query, key, value], bias);
  const projected = linear(attended, {
    module: name(parts.attentionOutput),
    role: 'attention-output',
    ...square,
    sharesInput: false,
  });
  const attention = addLayerNorm(context, graph.node('Add', [projected, input]), { module: name(parts.attentionNorm) });
  const expanded = linear(attention, {
    module: name(parts.intermediate),
    role: 'intermediate',
    inputSize: hiddenSize,
    outputSize: intermediateSize,
    sharesInput: false,
  });
  const contracted = linear(addActivation(graph, activation, expanded), {
    module: name(parts.output),
    role: 'output',
    inputSize: intermediateSize,
    outputSize: hiddenSize,
    sharesInput: false,
    inputMinimum: activationMinimum(activation),
  });
  return addLayerNorm(context, graph.node('Add', [contracted, attention]), { module: name(parts.outputNorm) });
}

/**
 * @param inputs - Query, key and value, each float32 [1, sequence, hidden].
 * @param bias - float32 [1, heads, sequence, sequence], or null.
 */
function addAttention(
  { graph, manifest }: GraphContext,
  inputs: readonly [query: ValueName, key: ValueName, value: ValueName],
  bias: ValueName | null,
): ValueName {
  const { hiddenSize, attentionHeads } = manifest;
  // Between them and the bias of the scores stand a bias of the projections and a mask of the keys.
  const withBias = bias === null ? inputs : [...inputs, '', '', bias];
  return graph.microsoft('MultiHeadAttention', withBias, {
    num_heads: attentionHeads,
    scale: { float: 1 / Math.sqrt(hiddenSize / attentionHeads) },
  });
}

/** A step behind the pooling; float32 [1, width] in and out. */
function addSentenceModule(context: GraphContext, module: SentenceModule, row: ValueName): ValueName {
  switch (module.kind) {
    case 'normalize':
      return addNormalization(context.graph, row);
    case 'layer-norm':
      return addLayerNorm(context, row, {
        module: `${posix.dirname(module.weightFile)}.norm`,
        size: module.size,
        epsilon: MODULE_NORM_EPSILON,
      });
    case 'dense':
      return addDense(context, module, row);
  }
}

function addDense(context: GraphContext, dense: DenseModule, row: ValueName): ValueName {
  const { graph, linear, linearWithoutBias } = context;
  const folder = posix.dirname(dense.weightFile);
  const sizes = { inputSize: dense.inputSize, outputSize: dense.outputSize, sharesInput: false } as const;
  const add = dense.bias ? linear : linearWithoutBias;
  const projected = add(row, { module: `${folder}.linear`, role: 'dense', ...sizes });
  const output = addActivation(graph, dense.activation, projected);
  if (!dense.residual) return output;
  const residual =
    dense.inputSize === dense.outputSize
      ? row
      : linearWithoutBias(row, { module: `${folder}.residual`, role: 'dense', ...sizes });
  return graph.node('Add', [output, residual]);
}

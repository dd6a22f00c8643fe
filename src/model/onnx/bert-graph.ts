import type { ModelManifest } from '../manifest.ts';
import { OUTPUT_NAME } from './compiled-model.ts';
import { addEmbeddings } from './embedding-nodes.ts';
import { float32Initializer } from './initializer-bytes.ts';
import type { LinearLayer } from './linear-form.ts';
import { LinearNodes, type LinearOptions } from './linear-nodes.ts';
import type { ModelWeights } from './model-weights.ts';
import { OnnxGraph, type ValueName } from './onnx-graph.ts';

/** Just below the least value of GELU, which is -0.16997 at -0.7518. */
const GELU_MINIMUM = -0.17;
/** Smallest norm a row is divided by, as torch.nn.functional.normalize has it. */
const MIN_NORM = 1e-12;

/**
 * Builds the whole way from token ids (or their embeddings) to a sentence embedding for one text a run: no padding, so no mask. The choice
 * of operators is measured: one DynamicQuantizeLinear shared by query, key and value; DynamicQuantizeMatMul elsewhere;
 * fused attention; plain Add and LayerNormalization (the fused SkipLayerNormalization is 20 % slower on CPUs).
 *
 * @throws {@link ModelError} `MODEL_TENSOR_MISSING`, `MODEL_SHAPE_MISMATCH` or `MODEL_UNSUPPORTED`.
 */
export function buildBertGraph(manifest: ModelManifest, weights: ModelWeights, options: LinearOptions): OnnxGraph {
  const graph = new OnnxGraph('bert_sentence_encoder');
  const linears = new LinearNodes(graph, weights, options);
  const linear: LinearAdder = (input, layer) => {
    // Every Linear of a BERT has a bias: without it the checkpoint is not whole.
    weights.tensor(`${layer.module}.bias`, [layer.outputSize]);
    return linears.add(input, layer);
  };
  const layerNorm = layerNormAdder(graph, weights, manifest);
  let hidden = layerNorm(addEmbeddings(graph, weights, manifest), 'embeddings.LayerNorm');
  for (let layer = 0; layer < manifest.layerCount; layer++) {
    hidden = addEncoderLayer({ graph, linear, layerNorm, manifest }, `encoder.layer.${layer}`, hidden);
  }
  graph.output(addPooling(graph, manifest, hidden), OUTPUT_NAME, 'float32', [1, manifest.dimensions]);
  return graph;
}

type LayerNormAdder = (input: ValueName, module: string) => ValueName;
type LinearAdder = (input: ValueName, layer: LinearLayer) => ValueName;

interface LayerContext {
  readonly graph: OnnxGraph;
  readonly linear: LinearAdder;
  readonly layerNorm: LayerNormAdder;
  readonly manifest: ModelManifest;
}

function layerNormAdder(graph: OnnxGraph, weights: ModelWeights, manifest: ModelManifest): LayerNormAdder {
  const vector = (name: string): ValueName =>
    float32Initializer(graph, name, weights.tensor(name, [manifest.hiddenSize]));
  return (input, module) =>
    graph.node('LayerNormalization', [input, vector(`${module}.weight`), vector(`${module}.bias`)], {
      attributes: { axis: -1, epsilon: { float: manifest.layerNormEpsilon } },
    });
}

/** One transformer layer, post-norm as in BERT; shapes are [1, sequence, hidden] but inside the feed-forward part. */
function addEncoderLayer(context: LayerContext, module: string, input: ValueName): ValueName {
  const { graph, linear, layerNorm, manifest } = context;
  const { hiddenSize, intermediateSize, attentionHeads } = manifest;
  const square = { inputSize: hiddenSize, outputSize: hiddenSize };
  const [query, key, value] = ['query', 'key', 'value'].map((name) =>
    linear(input, { module: `${module}.attention.self.${name}`, ...square, sharesInput: true }),
  );
  const attended = graph.microsoft('MultiHeadAttention', [query ?? '', key ?? '', value ?? ''], {
    num_heads: attentionHeads,
    scale: { float: 1 / Math.sqrt(hiddenSize / attentionHeads) },
  });
  const projected = linear(attended, {
    module: `${module}.attention.output.dense`,
    ...square,
    sharesInput: false,
  });
  const attention = layerNorm(graph.node('Add', [projected, input]), `${module}.attention.output.LayerNorm`);
  const expanded = linear(attention, {
    module: `${module}.intermediate.dense`,
    inputSize: hiddenSize,
    outputSize: intermediateSize,
    sharesInput: false,
  });
  const contracted = linear(graph.microsoft('Gelu', [expanded]), {
    module: `${module}.output.dense`,
    inputSize: intermediateSize,
    outputSize: hiddenSize,
    sharesInput: false,
    inputMinimum: GELU_MINIMUM,
  });
  return layerNorm(graph.node('Add', [contracted, attention]), `${module}.output.LayerNorm`);
}

/** [1, sequence, hidden] to [1, hidden]. */
function addPooling(graph: OnnxGraph, manifest: ModelManifest, hidden: ValueName): ValueName {
  const pooled =
    manifest.pooling === 'mean'
      ? graph.node('ReduceMean', [hidden], { attributes: { axes: [1], keepdims: 0 } })
      : graph.node('Gather', [hidden, graph.constant('int64', [], [0])], { attributes: { axis: 1 } });
  if (!manifest.normalize) return pooled;
  const norm = graph.node('ReduceL2', [pooled], { attributes: { axes: [-1], keepdims: 1 } });
  return graph.node('Div', [pooled, graph.node('Max', [norm, graph.constant('float32', [], [MIN_NORM])])]);
}

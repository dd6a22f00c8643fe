import type { Tensor, TensorQuantization } from '../../tensor/tensor.ts';
import type { ModelManifest } from '../manifest.ts';
import { INPUT_NAME, WORD_ROWS_INPUT } from './compiled-model.ts';
import { littleEndianBytes, readFiniteFloat32, readRowBlocks } from './initializer-bytes.ts';
import type { ModelWeights } from './model-weights.ts';
import { networkParts } from './network-parts.ts';
import { ONNX_TYPES, type OnnxGraph, type ValueName } from './onnx-graph.ts';

/** What a text's tokens become before the first layer. */
export interface EmbeddingNodes {
  /** float32 [1, sequence, hidden], not normalized yet. */
  readonly embeddings: ValueName;
  /** int64 [1]: the number of tokens. */
  readonly length: ValueName;
}

/**
 * Adds the graph's inputs and the sum of word, position and token type embeddings. Quantized word embeddings are part of
 * the graph, which then takes token ids; float32 ones are not (see word-rows.ts), and it takes their rows.
 */
export function addEmbeddings(graph: OnnxGraph, weights: ModelWeights, manifest: ModelManifest): EmbeddingNodes {
  const { hiddenSize, architecture } = manifest;
  const { skipsPadding } = networkParts(architecture);
  const table = wordTable(weights, manifest);
  const quantization = rowQuantization(table);
  const takesIds = quantization !== null || skipsPadding;
  const ids = takesIds ? graph.input(INPUT_NAME, 'int32', [1, 'sequence']) : '';
  const words =
    quantization === null
      ? graph.input(WORD_ROWS_INPUT, 'float32', [1, 'sequence', hiddenSize])
      : addQuantizedRows(graph, table, quantization, ids);
  const positions = addPositionTable(graph, weights, manifest);
  const length = graph.node('Shape', [takesIds ? ids : words], { attributes: { start: 1, end: 2 } });
  const rows = skipsPadding
    ? addCountedPositions(graph, manifest, { table: positions, ids })
    : addConsecutivePositions(graph, manifest, { table: positions, length });
  return { embeddings: graph.node('Add', [words, rows]), length };
}

/** The word embeddings that a graph takes as rows, or null where they are part of it. */
export function externalWordTable(weights: ModelWeights, manifest: ModelManifest): Tensor | null {
  const table = wordTable(weights, manifest);
  return rowQuantization(table) === null ? table : null;
}

function wordTable(weights: ModelWeights, { vocabularySize, hiddenSize }: ModelManifest): Tensor {
  return weights.tensor('embeddings.word_embeddings.weight', [vocabularySize, hiddenSize]);
}

type RowQuantization = Extract<TensorQuantization, { granularity: 'per-channel' }>;

/** One scale and zero point a row, in 8 bits: what the graph computes itself. */
function rowQuantization({ dtype, quantization }: Tensor): RowQuantization | null {
  const perRow = dtype === 'quint8' && quantization?.granularity === 'per-channel' && quantization.axis === 0;
  return perRow ? quantization : null;
}

/**
 * Gathers uint8 rows and rescales them as torch's quantized Embedding does: `fma(q, scale, -(zeroPoint * scale))`.
 * In double the product is exact, so rounding the sum to float32 gives what the fused operation gives.
 */
function addQuantizedRows(
  graph: OnnxGraph,
  table: Tensor,
  quantization: RowQuantization,
  inputIds: ValueName,
): ValueName {
  const [rowCount = 0, width = 0] = table.shape;
  const scales = Float64Array.from(quantization.scales, Math.fround);
  const offsets = Float64Array.from(scales, (scale, row) =>
    Math.fround(-Math.fround(Math.fround(quantization.zeroPoints[row] ?? 0) * scale)),
  );
  const rows = graph.initializer('word_embeddings', 'uint8', table.shape, () =>
    readRowBlocks(table, width, async (range) => {
      const elements = await table.readElements(range);
      return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    }),
  );
  const perRow = (name: string, values: Float64Array): ValueName =>
    gather(graph.initializer(name, 'float64', [rowCount, 1], littleEndianBytes(values)));
  const gather = (values: ValueName): ValueName =>
    graph.node('Gather', [values, inputIds], { attributes: { axis: 0 } });
  const quantized = graph.node('Cast', [gather(rows)], { attributes: { to: 11 } });
  const scaled = graph.node('Mul', [quantized, perRow('word_embeddings.scale', scales)]);
  const shifted = graph.node('Add', [scaled, perRow('word_embeddings.offset', offsets)]);
  return graph.node('Cast', [shifted], { attributes: { to: 1 } });
}

/** The position table, with the row of token type 0 added where there are types: a single text has no other. */
function addPositionTable(graph: OnnxGraph, weights: ModelWeights, manifest: ModelManifest): ValueName {
  const { maxPositions, hiddenSize, architecture } = manifest;
  const positions = weights.tensor('embeddings.position_embeddings.weight', [maxPositions, hiddenSize]);
  const types = networkParts(architecture).hasTokenTypes
    ? weights.matrix('embeddings.token_type_embeddings.weight', hiddenSize)
    : null;
  return graph.initializer('position_embeddings', 'float32', positions.shape, async function* () {
    const sums = await readFiniteFloat32(positions);
    if (types !== null) {
      const firstType = await readFiniteFloat32(types, { startRow: 0, rowCount: 1 });
      for (let index = 0; index < sums.length; index++) {
        sums[index] = (sums[index] ?? 0) + (firstType[index % hiddenSize] ?? 0);
      }
    }
    yield littleEndianBytes(sums);
  });
}

/** The first rows of the table behind the offset, one a token. */
function addConsecutivePositions(
  graph: OnnxGraph,
  { positionOffset }: ModelManifest,
  { table, length }: { readonly table: ValueName; readonly length: ValueName },
): ValueName {
  const start = graph.constant('int64', [1], [positionOffset]);
  const end = positionOffset === 0 ? length : graph.node('Add', [length, start]);
  return graph.node('Slice', [table, start, end, graph.constant('int64', [1], [0])]);
}

/**
 * Position rows as RoBERTa has them: tokens are counted from `pad_token_id + 1` on, padding tokens within the text are
 * not counted and have row `pad_token_id`.
 *
 * @returns float32 [1, sequence, hidden].
 */
function addCountedPositions(
  graph: OnnxGraph,
  { positionOffset }: ModelManifest,
  { table, ids }: { readonly table: ValueName; readonly ids: ValueName },
): ValueName {
  const padding = graph.constant('int32', [], [positionOffset - 1]);
  const isToken = graph.node('Cast', [graph.node('Not', [graph.node('Equal', [ids, padding])])], {
    attributes: { to: ONNX_TYPES.int32 },
  });
  const counts = graph.node('CumSum', [isToken, graph.constant('int64', [], [1])]);
  const rows = graph.node('Add', [graph.node('Mul', [counts, isToken]), padding]);
  return graph.node('Gather', [table, rows], { attributes: { axis: 0 } });
}

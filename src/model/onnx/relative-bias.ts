import type { ModelManifest } from '../manifest.ts';
import { littleEndianBytes, readFiniteFloat32 } from './initializer-bytes.ts';
import type { ModelWeights } from './model-weights.ts';
import type { OnnxGraph, ValueName } from './onnx-graph.ts';

/** Buckets that distances fall into, whatever number of rows the table has. */
const BUCKETS = 32;
/** Distances from here on share the last bucket of their side. */
const MAX_DISTANCE = 128;

/**
 * Row of the bias table for a distance between two tokens, as T5 and MPNet have it: exact for near ones, logarithmic
 * for far ones, each side on its own.
 *
 * @param distance - Position of the key minus that of the query.
 */
export function relativePositionBucket(distance: number): number {
  const perSide = BUCKETS / 2;
  const exact = perSide / 2;
  const side = distance > 0 ? perSide : 0;
  const far = Math.abs(distance);
  if (far < exact) return side + far;
  const logarithmic = (Math.log(far / exact) / Math.log(MAX_DISTANCE / exact)) * (perSide - exact);
  return side + Math.min(perSide - 1, exact + Math.floor(logarithmic + ROUNDING));
}

/** Powers of two are bounds of buckets; their logarithms must not fall below. Other distances are 0.01 away at least. */
const ROUNDING = 1e-6;

/**
 * Adds the attention bias that all layers of MPNet share. The table is spread out by distance once, so that a run only
 * gathers from it.
 *
 * @param length - int64 [1]: tokens of the text.
 * @returns float32 of shape [1, heads, length, length].
 */
export function addRelativeBias(
  graph: OnnxGraph,
  weights: ModelWeights,
  manifest: ModelManifest,
  { name, length }: { readonly name: string; readonly length: ValueName },
): ValueName {
  const { attentionHeads: heads, relativeAttentionBuckets, maxPositions, positionOffset } = manifest;
  const rows = weights.tensor(name, [relativeAttentionBuckets ?? BUCKETS, heads]);
  const reach = maxPositions - positionOffset - 1; // The longest distance there can be.
  const width = 2 * reach + 1;
  const table = graph.initializer(name, 'float32', [heads, width], async function* () {
    const biases = await readFiniteFloat32(rows);
    const spread = new Float32Array(heads * width);
    for (let column = 0; column < width; column++) {
      const bucket = relativePositionBucket(column - reach);
      for (let head = 0; head < heads; head++) spread[head * width + column] = biases[bucket * heads + head] ?? 0;
    }
    yield littleEndianBytes(spread);
  });
  const scalar = (value: number): ValueName => graph.constant('int64', [], [value]);
  const axis = (value: number): ValueName => graph.constant('int64', [1], [value]);
  const positions = graph.node('Range', [scalar(0), graph.node('Squeeze', [length]), scalar(1)]);
  const keys = graph.node('Unsqueeze', [positions, axis(0)]);
  const queries = graph.node('Unsqueeze', [positions, axis(1)]);
  const columns = graph.node('Add', [graph.node('Sub', [keys, queries]), scalar(reach)]);
  const bias = graph.node('Gather', [table, columns], { attributes: { axis: 1 } });
  return graph.node('Unsqueeze', [bias, axis(0)]);
}

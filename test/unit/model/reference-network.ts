import { dirname } from 'node:path';
import type { Activation } from '../../../src/model/activation.ts';
import type { ModelManifest } from '../../../src/model/manifest.ts';
import { networkParts } from '../../../src/model/onnx/network-parts.ts';
import type { Pooling } from '../../../src/model/sentence-pipeline.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';

/** Distances at which MPNet's buckets begin, on each side of 0. */
const BUCKET_STARTS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91];

/**
 * A network as the papers and torch have it, in plain float64 loops over row-major matrices: slow and obvious. Expects
 * float32 weights without prefix, those of modules behind the module's folder.
 */
export async function referenceNetwork(
  manifest: ModelManifest,
  tensors: readonly Tensor[],
  ids: readonly number[],
): Promise<Float64Array> {
  const weights = new Map<string, Float32Array>();
  for (const tensor of tensors) weights.set(tensor.name, await tensor.readFloat32());
  const { layers, layer: parts, hasTokenTypes, relativeBias } = networkParts(manifest.architecture);
  const { hiddenSize: h } = manifest;
  const get = (name: string): Float32Array => weights.get(name)!;
  const layerNorm = (rows: Float64Array[], module: string, epsilon = manifest.layerNormEpsilon): Float64Array[] =>
    rows.map((row) => {
      const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
      const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
      const inverse = 1 / Math.sqrt(variance + epsilon);
      return row.map((x, i) => (x - mean) * inverse * get(`${module}.weight`)[i]! + get(`${module}.bias`)[i]!);
    });
  const linear = (rows: Float64Array[], module: string, outputSize: number): Float64Array[] => {
    const weight = get(`${module}.weight`);
    const bias = weights.get(`${module}.bias`) ?? new Float32Array(outputSize);
    return rows.map((row) =>
      Float64Array.from(bias, (b, out) => row.reduce((sum, x, i) => sum + x * weight[out * row.length + i]!, b)),
    );
  };

  const positions = positionsOf(manifest, ids);
  let hidden = layerNorm(
    ids.map((id, token) =>
      Float64Array.from(
        { length: h },
        (_, i) =>
          get('embeddings.word_embeddings.weight')[id * h + i]! +
          get('embeddings.position_embeddings.weight')[positions[token]! * h + i]! +
          (hasTokenTypes ? get('embeddings.token_type_embeddings.weight')[i]! : 0),
      ),
    ),
    'embeddings.LayerNorm',
  );
  const bias = (query: number, key: number, head: number): number =>
    relativeBias === null ? 0 : get(relativeBias)[bucketOf(key - query) * manifest.attentionHeads + head]!;
  for (let layer = 0; layer < manifest.layerCount; layer++) {
    const module = `${layers}.${layer}`;
    const context = attention(
      manifest,
      [parts.query, parts.key, parts.value].map((part) => linear(hidden, `${module}.${part}`, h)),
      bias,
    );
    hidden = layerNorm(
      add(linear(context, `${module}.${parts.attentionOutput}`, h), hidden),
      `${module}.${parts.attentionNorm}`,
    );
    const expanded = linear(hidden, `${module}.${parts.intermediate}`, manifest.intermediateSize);
    const activated = expanded.map((row) => row.map((x) => activate(manifest.activation, x)));
    hidden = layerNorm(add(linear(activated, `${module}.${parts.output}`, h), hidden), `${module}.${parts.outputNorm}`);
  }
  let row = Float64Array.from([manifest.pooling, ...manifest.extraPoolings].flatMap((mode) => [...pool(mode, hidden)]));
  for (const module of manifest.modules) {
    if (module.kind === 'normalize') row = normalized(row);
    else if (module.kind === 'layer-norm')
      [row] = layerNorm([row], `${dirname(module.weightFile)}.norm`, 1e-5) as [Float64Array<ArrayBuffer>];
    else {
      const folder = dirname(module.weightFile);
      const output = linear([row], `${folder}.linear`, module.outputSize)[0]!.map((x) =>
        activate(module.activation, x),
      );
      const residual =
        module.inputSize === module.outputSize ? row : linear([row], `${folder}.residual`, module.outputSize)[0]!;
      row = module.residual ? output.map((x, i) => x + residual[i]!) : output;
    }
  }
  return manifest.normalize ? normalized(row) : row;
}

function positionsOf({ architecture, positionOffset }: ModelManifest, ids: readonly number[]): number[] {
  let next = positionOffset;
  const skipsPadding = architecture !== 'bert' && architecture !== 'distilbert';
  return ids.map((id) => (skipsPadding && id === positionOffset - 1 ? positionOffset - 1 : next++));
}

function bucketOf(distance: number): number {
  const bucket = BUCKET_STARTS.findLastIndex((start) => Math.abs(distance) >= start);
  return distance > 0 ? 16 + bucket : bucket;
}

function pool(pooling: Pooling, rows: readonly Float64Array[]): Float64Array {
  const count = rows.length;
  const weighted = (weights: readonly number[]): Float64Array =>
    rows[0]!.map((_, i) => rows.reduce((sum, row, token) => sum + row[i]! * weights[token]!, 0));
  const all = (weight: (token: number) => number): number[] => rows.map((_, token) => weight(token));
  switch (pooling) {
    case 'cls':
      return rows[0]!;
    case 'lasttoken':
      return rows.at(-1)!;
    case 'max':
      return rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!)));
    case 'mean':
      return weighted(all(() => 1 / count));
    case 'mean_sqrt_len_tokens':
      return weighted(all(() => 1 / Math.sqrt(count)));
    case 'weightedmean':
      return weighted(all((token) => (2 * (token + 1)) / (count * (count + 1))));
  }
}

function normalized(row: Float64Array): Float64Array<ArrayBuffer> {
  const norm = Math.max(Math.hypot(...row), 1e-12);
  return Float64Array.from(row, (x) => x / norm);
}

function add(left: Float64Array[], right: Float64Array[]): Float64Array[] {
  return left.map((row, r) => row.map((x, i) => x + right[r]![i]!));
}

function attention(
  manifest: ModelManifest,
  [query = [], key = [], value = []]: readonly Float64Array[][],
  bias: (query: number, key: number, head: number) => number,
): Float64Array[] {
  const size = manifest.hiddenSize / manifest.attentionHeads;
  return query.map((q, from) => {
    const result = new Float64Array(manifest.hiddenSize);
    for (let head = 0; head < manifest.attentionHeads; head++) {
      const start = head * size;
      const dot = (k: Float64Array): number =>
        k.subarray(start, start + size).reduce((sum, x, i) => sum + x * q[start + i]!, 0);
      const scores = key.map((k, to) => Math.exp(dot(k) / Math.sqrt(size) + bias(from, to, head)));
      const total = scores.reduce((sum, x) => sum + x, 0);
      for (let i = start; i < start + size; i++) {
        result[i] = scores.reduce((sum, score, r) => sum + (score / total) * value[r]![i]!, 0);
      }
    }
    return result;
  });
}

function activate(activation: Activation, x: number): number {
  switch (activation) {
    case 'gelu':
      return gelu(x);
    case 'gelu_10':
      return Math.min(10, gelu(x));
    case 'gelu_tanh':
      return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    case 'quick_gelu':
      return x * sigmoid(1.702 * x);
    case 'silu':
      return x * sigmoid(x);
    case 'relu':
      return Math.max(0, x);
    case 'relu2':
      return Math.max(0, x) ** 2;
    case 'relu6':
      return Math.min(6, Math.max(0, x));
    case 'leaky_relu':
      return x < 0 ? 0.01 * x : x;
    case 'mish':
      return x * Math.tanh(Math.log1p(Math.exp(x)));
    case 'hardswish':
      return (x * Math.min(6, Math.max(0, x + 3))) / 6;
    case 'sigmoid':
      return sigmoid(x);
    case 'tanh':
      return Math.tanh(x);
    case 'linear':
      return x;
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** x * Φ(x), with erf by its Taylor series, which is too short beyond 4; there it is 1 but for 2e-8. */
function gelu(x: number): number {
  const z = x / Math.SQRT2;
  if (Math.abs(z) > 4) return Math.max(0, x);
  let term = z;
  let sum = z;
  for (let n = 1; n < 80; n++) {
    term *= (-z * z) / n;
    sum += term / (2 * n + 1);
  }
  return 0.5 * x * (1 + (2 / Math.sqrt(Math.PI)) * sum);
}

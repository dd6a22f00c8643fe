import type { ModelManifest } from '../../../src/model/manifest.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';

/**
 * BERT as the paper and torch have it, in plain float64 loops over row-major matrices: slow and obvious. Expects
 * float32 weights without prefix.
 */
export async function referenceBert(
  manifest: ModelManifest,
  tensors: readonly Tensor[],
  ids: readonly number[],
): Promise<Float64Array> {
  const weights = new Map<string, Float32Array>();
  for (const tensor of tensors) weights.set(tensor.name, await tensor.readFloat32());
  const { hiddenSize: h } = manifest;
  const get = (name: string): Float32Array => weights.get(name)!;
  const layerNorm = (rows: Float64Array[], module: string): Float64Array[] =>
    rows.map((row) => {
      const mean = row.reduce((sum, x) => sum + x, 0) / h;
      const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / h;
      const inverse = 1 / Math.sqrt(variance + manifest.layerNormEpsilon);
      return row.map((x, i) => (x - mean) * inverse * get(`${module}.weight`)[i]! + get(`${module}.bias`)[i]!);
    });
  const linear = (rows: Float64Array[], module: string): Float64Array[] => {
    const weight = get(`${module}.weight`);
    const bias = get(`${module}.bias`);
    return rows.map((row) =>
      Float64Array.from(bias, (b, out) => row.reduce((sum, x, i) => sum + x * weight[out * row.length + i]!, b)),
    );
  };

  let hidden = layerNorm(
    ids.map((id, position) =>
      Float64Array.from(
        { length: h },
        (_, i) =>
          get('embeddings.word_embeddings.weight')[id * h + i]! +
          get('embeddings.position_embeddings.weight')[(manifest.positionOffset + position) * h + i]! +
          get('embeddings.token_type_embeddings.weight')[i]!,
      ),
    ),
    'embeddings.LayerNorm',
  );
  for (let layer = 0; layer < manifest.layerCount; layer++) {
    const module = `encoder.layer.${layer}`;
    const context = attention(
      manifest,
      linear(hidden, `${module}.attention.self.query`),
      linear(hidden, `${module}.attention.self.key`),
      linear(hidden, `${module}.attention.self.value`),
    );
    hidden = layerNorm(
      add(linear(context, `${module}.attention.output.dense`), hidden),
      `${module}.attention.output.LayerNorm`,
    );
    const expanded = linear(hidden, `${module}.intermediate.dense`).map((row) => row.map(gelu));
    hidden = layerNorm(add(linear(expanded, `${module}.output.dense`), hidden), `${module}.output.LayerNorm`);
  }
  const pooled =
    manifest.pooling === 'cls'
      ? hidden[0]!
      : Float64Array.from({ length: h }, (_, i) => hidden.reduce((sum, row) => sum + row[i]!, 0) / hidden.length);
  const norm = manifest.normalize ? Math.hypot(...pooled) : 1;
  return pooled.map((x) => x / norm);
}

function add(left: Float64Array[], right: Float64Array[]): Float64Array[] {
  return left.map((row, r) => row.map((x, i) => x + right[r]![i]!));
}

function attention(
  manifest: ModelManifest,
  query: Float64Array[],
  key: Float64Array[],
  value: Float64Array[],
): Float64Array[] {
  const size = manifest.hiddenSize / manifest.attentionHeads;
  return query.map((q) => {
    const result = new Float64Array(manifest.hiddenSize);
    for (let start = 0; start < manifest.hiddenSize; start += size) {
      const dot = (k: Float64Array): number =>
        k.subarray(start, start + size).reduce((sum, x, i) => sum + x * q[start + i]!, 0);
      const scores = key.map((k) => Math.exp(dot(k) / Math.sqrt(size)));
      const total = scores.reduce((sum, x) => sum + x, 0);
      for (let i = start; i < start + size; i++) {
        result[i] = scores.reduce((sum, score, r) => sum + (score / total) * value[r]![i]!, 0);
      }
    }
    return result;
  });
}

/** x * Φ(x), with erf by its Taylor series: the arguments here are small. */
function gelu(x: number): number {
  const z = x / Math.SQRT2;
  let term = z;
  let sum = z;
  for (let n = 1; n < 80; n++) {
    term *= (-z * z) / n;
    sum += term / (2 * n + 1);
  }
  return 0.5 * x * (1 + (2 / Math.sqrt(Math.PI)) * sum);
}

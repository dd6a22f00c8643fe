import type { Pooling } from '../../sentence-pipeline.ts';

/** Token embeddings of one text, row after row. */
export interface TokenEmbeddings {
  readonly values: Float32Array;
  /** Rows. */
  readonly count: number;
  readonly width: number;
}

/** Least norm a row is divided by, as in torch.nn.functional.normalize. */
const MIN_NORM = 1e-12;

/**
 * Pools the token embeddings of one text without padding, as sentence_transformers.models.Pooling does; several poolings
 * are joined in their order.
 *
 * @param tokens - At least one.
 */
export function poolTokens(tokens: TokenEmbeddings, poolings: readonly Pooling[]): Float32Array<ArrayBuffer> {
  const result = new Float32Array(poolings.length * tokens.width);
  for (const [index, pooling] of poolings.entries()) {
    POOLERS[pooling](tokens, result.subarray(index * tokens.width, (index + 1) * tokens.width));
  }
  return result;
}

/** Divides a row by its Euclidean length, in place. */
export function normalizeRow(row: Float32Array): void {
  const norm = Math.max(MIN_NORM, Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)));
  for (const [index, value] of row.entries()) row[index] = value / norm;
}

const POOLERS: Readonly<Record<Pooling, (tokens: TokenEmbeddings, target: Float32Array) => void>> = {
  cls: ({ values, width }, target) => target.set(values.subarray(0, width)),
  lasttoken: ({ values, count, width }, target) => target.set(values.subarray((count - 1) * width, count * width)),
  max({ values, count, width }, target) {
    target.fill(-Infinity);
    for (let token = 0; token < count; token++) {
      for (let column = 0; column < width; column++) {
        target[column] = Math.max(target[column] ?? 0, values[token * width + column] ?? 0);
      }
    }
  },
  mean: (tokens, target) => weightedSum(tokens, target, { weight: () => 1, divisor: tokens.count }),
  mean_sqrt_len_tokens: (tokens, target) =>
    weightedSum(tokens, target, { weight: () => 1, divisor: Math.sqrt(tokens.count) }),
  // Later tokens have seen more of the text in a network that reads in one direction.
  weightedmean: (tokens, target) =>
    weightedSum(tokens, target, { weight: (token) => token + 1, divisor: (tokens.count * (tokens.count + 1)) / 2 }),
};

/** Summed in double precision, so that long texts lose nothing. */
function weightedSum(
  { values, count, width }: TokenEmbeddings,
  target: Float32Array,
  { weight, divisor }: { readonly weight: (token: number) => number; readonly divisor: number },
): void {
  const sums = new Float64Array(width);
  for (let token = 0; token < count; token++) {
    const factor = weight(token);
    for (let column = 0; column < width; column++) {
      sums[column] = (sums[column] ?? 0) + factor * (values[token * width + column] ?? 0);
    }
  }
  for (const [column, sum] of sums.entries()) target[column] = sum / divisor;
}

import { normalizeRow } from '../embedding-matrix.ts';

/** One window's embedding and how many tokens of the text it stands for. */
export interface WindowEmbedding {
  readonly embedding: Float32Array;
  readonly tokens: number;
}

/**
 * The embedding of a text that was encoded in windows: their average, weighted by their tokens.
 *
 * Where the model normalizes, the windows' vectors have length 1 and so has the result. Averaging them before they are
 * normalized would weigh a window by its length as well, and a model trained on cosines never learned to say anything
 * with it. Where the model does not normalize, this is the mean over all tokens for models that pool by mean.
 *
 * @param windows - In the order of the text: sums in float64 depend on it in the last digit.
 */
export function averageWindows(windows: readonly WindowEmbedding[], normalize: boolean): Float32Array {
  const sums = new Float64Array(windows[0]?.embedding.length ?? 0);
  let total = 0;
  for (const { embedding, tokens } of windows) {
    total += tokens;
    for (let index = 0; index < sums.length; index++)
      sums[index] = (sums[index] ?? 0) + (embedding[index] ?? 0) * tokens;
  }
  const average = Float32Array.from(sums, (sum) => sum / total);
  if (normalize) normalizeRow(average);
  return average;
}

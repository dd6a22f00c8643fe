import { EmbeddingMatrix } from '../embedding-matrix.ts';
import {
  EMBEDDING_PRECISIONS,
  QuantizedEmbeddings,
  type EmbeddingPrecision,
  type EmbeddingsOf,
} from './quantized-embeddings.ts';

/** Least and greatest value of each dimension, which `int8` and `uint8` spread over their 256 steps. */
export type EmbeddingRanges = readonly [minimum: ArrayLike<number>, maximum: ArrayLike<number>];

export interface QuantizeEmbeddingsOptions {
  /**
   * Ranges for `int8` and `uint8`. Vectors that are to be compared need the same: take those of the documents for the
   * queries as well.
   *
   * @defaultValue those of `calibrationEmbeddings`
   */
  readonly ranges?: EmbeddingRanges | undefined;
  /** Embeddings to take the ranges from. @defaultValue the embeddings themselves, of which there must be two or more */
  readonly calibrationEmbeddings?: EmbeddingMatrix | undefined;
}

/** Whether a precision needs to know what values each dimension takes. */
export function needsRanges(precision: EmbeddingPrecision): precision is 'int8' | 'uint8' {
  return precision === 'int8' || precision === 'uint8';
}

/**
 * The least and greatest value of each dimension, to quantize other embeddings by.
 *
 * @throws RangeError without a row, or for values that are not finite.
 */
export function embeddingRanges(embeddings: EmbeddingMatrix): readonly [Float32Array, Float32Array] {
  if (embeddings.rows === 0) throw new RangeError('no ranges can be taken from no embeddings');
  const minimum = embeddings.row(0).slice();
  const maximum = minimum.slice();
  for (const row of embeddings) {
    for (let index = 0; index < row.length; index++) {
      const value = row[index] ?? 0;
      if (!Number.isFinite(value)) throw new RangeError(`the embeddings hold ${value}, which has no range`);
      if (value < (minimum[index] ?? 0)) minimum[index] = value;
      if (value > (maximum[index] ?? 0)) maximum[index] = value;
    }
  }
  return [minimum, maximum];
}

/**
 * Brings embeddings to another precision, number for number as `quantize_embeddings` of sentence-transformers does:
 * `int8` and `uint8` by 255 steps of each dimension's range, rounded down; `binary` and `ubinary` by sign, eight
 * dimensions a byte, the last byte filled with zero bits.
 *
 * @returns the embeddings themselves for `float32`, otherwise a matrix of as many rows.
 * @throws RangeError for an unknown precision, when `int8` or `uint8` lack ranges (a single row has none), or ranges do
 * not fit.
 */
export function quantizeEmbeddings<Precision extends EmbeddingPrecision>(
  embeddings: EmbeddingMatrix,
  precision: Precision,
  options?: QuantizeEmbeddingsOptions,
): EmbeddingsOf<Precision>;
export function quantizeEmbeddings(
  embeddings: EmbeddingMatrix,
  precision: EmbeddingPrecision,
  options: QuantizeEmbeddingsOptions = {},
): EmbeddingsOf<EmbeddingPrecision> {
  assertPrecision(precision);
  switch (precision) {
    case 'float32':
      return embeddings;
    case 'int8': {
      const data = new Int8Array(embeddings.data.length);
      fillSteps(data, embeddings, -128, resolveRanges(embeddings, precision, options));
      return new QuantizedEmbeddings(precision, embeddings, data);
    }
    case 'uint8': {
      const data = new Uint8Array(embeddings.data.length);
      fillSteps(data, embeddings, 0, resolveRanges(embeddings, precision, options));
      return new QuantizedEmbeddings(precision, embeddings, data);
    }
    case 'binary':
      return new QuantizedEmbeddings(
        precision,
        embeddings,
        Int8Array.from(packSigns(embeddings), (byte) => byte - 128),
      );
    case 'ubinary':
      return new QuantizedEmbeddings(precision, embeddings, packSigns(embeddings));
  }
}

/** Callers without types may name any; a switch over the known ones would give them nothing at all. */
function assertPrecision(precision: EmbeddingPrecision): void {
  if (EMBEDDING_PRECISIONS.includes(precision)) return;
  throw new RangeError(`precision is ${precision} instead of ${EMBEDDING_PRECISIONS.join(', ')}`);
}

/**
 * Says before the work whether embeddings can be quantized at the end of it.
 *
 * @throws RangeError for an unknown precision, or when no ranges can be had.
 */
export function checkRanges(
  precision: EmbeddingPrecision,
  { rows, dimensions }: { readonly rows: number; readonly dimensions: number },
  { ranges, calibrationEmbeddings }: QuantizeEmbeddingsOptions,
): void {
  assertPrecision(precision);
  if (!needsRanges(precision)) return;
  if (ranges !== undefined) {
    const [minimum, maximum] = ranges;
    if (minimum.length !== dimensions || maximum.length !== dimensions) {
      throw new RangeError(
        `ranges hold ${minimum.length} and ${maximum.length} values, and the embeddings have ${dimensions} dimensions`,
      );
    }
    return;
  }
  if (calibrationEmbeddings !== undefined) {
    if (calibrationEmbeddings.dimensions !== dimensions || calibrationEmbeddings.rows === 0) {
      const { rows: found, dimensions: width } = calibrationEmbeddings;
      throw new RangeError(
        `calibrationEmbeddings are ${found} x ${width}, and the embeddings have ${dimensions} dimensions`,
      );
    }
    return;
  }
  if (rows === 1) {
    throw new RangeError(`${precision} cannot be ranged by a single embedding: give ranges or calibrationEmbeddings`);
  }
}

interface Steps {
  readonly starts: Float32Array;
  readonly sizes: Float32Array;
}

function resolveRanges(
  embeddings: EmbeddingMatrix,
  precision: EmbeddingPrecision,
  options: QuantizeEmbeddingsOptions,
): Steps | null {
  checkRanges(precision, embeddings, options);
  if (embeddings.rows === 0) return null;
  const { ranges = embeddingRanges(options.calibrationEmbeddings ?? embeddings) } = options;
  const starts = Float32Array.from(ranges[0]);
  // The float32 arithmetic of NumPy, step by step: each operation rounds.
  const sizes = Float32Array.from(ranges[1], (end, index) => {
    const size = Math.fround(Math.fround(Math.fround(end) - (starts[index] ?? 0)) / 255);
    if (!(size >= 0) || size === Infinity) {
      throw new RangeError(`the range of dimension ${index} goes from ${starts[index]} to ${end}`);
    }
    return size === 0 ? 1 : size;
  });
  return { starts, sizes };
}

/** Writes for each value the number of its step, from 0 to 255, plus `shift`. */
function fillSteps(target: Int8Array | Uint8Array, source: EmbeddingMatrix, shift: number, steps: Steps | null): void {
  if (steps === null) return;
  const { starts, sizes } = steps;
  const { data, dimensions } = source;
  for (let at = 0; at < data.length; at++) {
    const dimension = at % dimensions;
    const distance = Math.fround((data[at] ?? 0) - (starts[dimension] ?? 0));
    const step = Math.floor(Math.fround(distance / (sizes[dimension] ?? 1)));
    if (Number.isNaN(step)) throw new RangeError(`the embeddings hold ${data[at]}, which has no step`);
    target[at] = Math.min(Math.max(step, 0), 255) + shift;
  }
}

/** One bit a dimension, set where the value is above zero; the first dimension is the highest bit of the first byte. */
function packSigns(embeddings: EmbeddingMatrix): Uint8Array {
  const bytesPerRow = Math.ceil(embeddings.dimensions / 8);
  const packed = new Uint8Array(embeddings.rows * bytesPerRow);
  let base = 0;
  for (const row of embeddings) {
    for (let index = 0; index < row.length; index++) {
      if ((row[index] ?? 0) > 0)
        packed[base + (index >> 3)] = (packed[base + (index >> 3)] ?? 0) | (0x80 >> (index & 7));
    }
    base += bytesPerRow;
  }
  return packed;
}

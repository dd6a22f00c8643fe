import type { EmbeddingMatrix } from '../embedding-matrix.ts';
import { EmbeddingRows, type RowValues } from './embedding-rows.ts';

/** Types an embedding can be returned in, named as in sentence-transformers. */
export const EMBEDDING_PRECISIONS = ['float32', 'int8', 'uint8', 'binary', 'ubinary'] as const;
export type EmbeddingPrecision = (typeof EMBEDDING_PRECISIONS)[number];

/**
 * Embeddings in whole numbers of 8 bits. With `int8` and `uint8` a number stands for a dimension; with `binary` and
 * `ubinary` it holds the signs of eight, the first in its highest bit, so that a row has an eighth of the numbers.
 */
export class QuantizedEmbeddings<
  Values extends RowValues<Values> = Int8Array | Uint8Array,
> extends EmbeddingRows<Values> {
  readonly precision: Exclude<EmbeddingPrecision, 'float32'>;
  /** Dimensions of the embeddings these were made of; more than {@link dimensions} for binary ones. */
  readonly sourceDimensions: number;

  /** @param data - Row-major, as many rows as `source` has. */
  constructor(precision: Exclude<EmbeddingPrecision, 'float32'>, source: EmbeddingMatrix, data: Values) {
    const packed = precision === 'binary' || precision === 'ubinary';
    super(source.rows, packed ? Math.ceil(source.dimensions / 8) : source.dimensions, data);
    this.precision = precision;
    this.sourceDimensions = source.dimensions;
    this.copyTextFacts(source);
  }
}

/** What embeddings of each precision are held in. */
export interface EmbeddingsByPrecision {
  readonly float32: EmbeddingMatrix;
  readonly int8: QuantizedEmbeddings<Int8Array>;
  readonly uint8: QuantizedEmbeddings<Uint8Array>;
  readonly binary: QuantizedEmbeddings<Int8Array>;
  readonly ubinary: QuantizedEmbeddings<Uint8Array>;
}

/** The matrix of one precision; of a union of precisions, the union of their matrices. */
export type EmbeddingsOf<Precision extends EmbeddingPrecision> = EmbeddingsByPrecision[Precision];

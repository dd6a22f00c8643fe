import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { EmbeddingMatrix } from '../../../src/model/embedding-matrix.ts';

/** Vectors that other implementations made for the same texts; see the fixture's `note`. */
export interface Goldens {
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
  readonly float32: readonly Float32Array[];
  readonly torchInt8: readonly Float32Array[];
  readonly int8FullRange: readonly Float32Array[];
}

export function readGoldens(url: URL): Goldens {
  const document = JSON.parse(gunzipSync(readFileSync(url)).toString());
  const rows = (base64: string): Float32Array[] => {
    const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
    const values = new Float32Array(bytes.buffer);
    return Array.from({ length: document.n }, (_, row) =>
      values.subarray(row * document.dim, (row + 1) * document.dim),
    );
  };
  return {
    texts: document.texts,
    ids: document.ids,
    float32: rows(document.float32),
    torchInt8: rows(document.torch_int8),
    int8FullRange: rows(document.int8_full_range),
  };
}

/** Cosines of each row to its golden, ascending. */
export function sortedCosines(matrix: EmbeddingMatrix, goldens: readonly Float32Array[]): number[] {
  return [...matrix].map((row, index) => cosine(row, goldens[index]!)).toSorted((left, right) => left - right);
}

function cosine(left: Float32Array, right: Float32Array): number {
  let dot = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (const [index, value] of left.entries()) {
    dot += value * right[index]!;
    leftSquares += value * value;
    rightSquares += right[index]! ** 2;
  }
  return dot / Math.sqrt(leftSquares * rightSquares);
}

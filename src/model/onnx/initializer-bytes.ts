import type { Tensor } from '../../tensor/tensor.ts';
import type { OnnxGraph, ValueName } from './onnx-graph.ts';

/** The bytes of an array as ONNX stores them: a view, since only little-endian machines get past the checkpoint reader. */
export function littleEndianBytes(array: Float32Array | Float64Array | Int8Array | Uint8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Row-major [rows, columns] to row-major [columns, rows]. */
export function transpose(elements: Float32Array | Int8Array, rows: number, columns: number): Float32Array | Int8Array {
  const result = elements instanceof Float32Array ? new Float32Array(elements.length) : new Int8Array(elements.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = elements[row * columns + column] ?? 0;
    }
  }
  return result;
}

/** Adds a tensor as it is, as float32, read when the data file is written. */
export function float32Initializer(graph: OnnxGraph, name: ValueName, tensor: Tensor): ValueName {
  return graph.initializer(name, 'float32', tensor.shape, async function* () {
    yield littleEndianBytes(await tensor.readFloat32());
  });
}

/** Most bytes of a table held at once while it is copied to the data file. */
const BLOCK_BYTES = 8 * 1024 * 1024;

/**
 * Reads a [rows, columns] tensor in blocks of whole rows.
 *
 * @param read - Reads rows `startRow` to `startRow + rowCount`.
 */
export async function* readRowBlocks(
  tensor: Tensor,
  bytesPerRow: number,
  read: (range: { startRow: number; rowCount: number }) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const rows = tensor.shape[0] ?? 0;
  const rowsPerBlock = Math.max(1, Math.floor(BLOCK_BYTES / bytesPerRow));
  for (let startRow = 0; startRow < rows; startRow += rowsPerBlock) {
    yield read({ startRow, rowCount: Math.min(rowsPerBlock, rows - startRow) });
  }
}

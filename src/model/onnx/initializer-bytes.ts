import type { ReadTensorOptions, Tensor } from '../../tensor/tensor.ts';
import { ModelError } from '../model-error.ts';
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

/**
 * Reads a tensor, or some rows of it, as float32. NaN in one weight is NaN in every vector, so it is refused here, where
 * another model can still take the place of this one.
 *
 * @throws {@link ModelError} `MODEL_WEIGHTS_INVALID`.
 */
export async function readFiniteFloat32(tensor: Tensor, options?: ReadTensorOptions): Promise<Float32Array> {
  const values = await tensor.readFloat32(options);
  // Zero for finite numbers, NaN for all others: one pass without a branch.
  let check = 0;
  for (const value of values) check += value * 0;
  if (check === 0) return values;
  throw new ModelError(`tensor ${tensor.name} holds values that are not finite`, {
    code: 'MODEL_WEIGHTS_INVALID',
    hint: 'Get the model again, or make it again: its weights are damaged.',
    details: { tensor: tensor.name },
  });
}

/** Adds a tensor as it is, as float32, read when the data file is written. */
export function float32Initializer(graph: OnnxGraph, name: ValueName, tensor: Tensor): ValueName {
  return graph.initializer(name, 'float32', tensor.shape, async function* () {
    yield littleEndianBytes(await readFiniteFloat32(tensor));
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

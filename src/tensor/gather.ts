/** A storage seen as units that can be copied without interpreting them (a float would lose NaN payloads). */
type Words = Uint8Array | Uint16Array | Uint32Array;

function wordsOf(bytes: Uint8Array, elementBytes: number): { words: Words; wordsPerElement: number } {
  const { buffer, byteOffset, byteLength } = bytes;
  if (elementBytes === 1) return { words: bytes, wordsPerElement: 1 };
  if (elementBytes === 2) return { words: new Uint16Array(buffer, byteOffset, byteLength / 2), wordsPerElement: 1 };
  return { words: new Uint32Array(buffer, byteOffset, byteLength / 4), wordsPerElement: elementBytes / 4 };
}

/** Steps `index` to the next position in row-major order over all axes but the last. */
function advance(index: number[], shape: readonly number[]): void {
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) {
    const next = (index[axis] ?? 0) + 1;
    if (next < (shape[axis] ?? 0)) {
      index[axis] = next;
      return;
    }
    index[axis] = 0;
  }
}

/**
 * Copies strided elements into a dense row-major array: transposed, stepped and expanded (stride 0) views alike.
 *
 * @param source - Bytes whose first element is the tensor's first; aligned to the element size.
 * @param target - Bytes of the dense result; aligned to the element size.
 * @param elementBytes - 1, 2, 4, 8 or 16.
 */
export function gatherStrided(
  source: Uint8Array,
  target: Uint8Array,
  geometry: { shape: readonly number[]; strides: readonly number[]; elementBytes: number },
): void {
  if (target.byteLength === 0) return;
  const { words: from, wordsPerElement } = wordsOf(source, geometry.elementBytes);
  const { words: to } = wordsOf(target, geometry.elementBytes);
  // Dimensions of size 1 move nothing, and up to 63 of them would be stepped through for each element.
  const shape = geometry.shape.filter((size) => size !== 1);
  const strides = geometry.strides.filter((_, axis) => geometry.shape[axis] !== 1);
  const rank = shape.length;
  const rowLength = shape[rank - 1] ?? 1;
  const step = (strides[rank - 1] ?? 0) * wordsPerElement;
  const index = shape.map(() => 0);
  for (let written = 0; written < to.length; advance(index, shape)) {
    let position = 0;
    for (let axis = 0; axis < rank - 1; axis += 1) position += (index[axis] ?? 0) * (strides[axis] ?? 0);
    position *= wordsPerElement;
    for (let column = 0; column < rowLength; column += 1, position += step) {
      for (let word = 0; word < wordsPerElement; word += 1) to[written++] = from[position + word] ?? 0;
    }
  }
}

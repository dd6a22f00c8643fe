import { TensorError } from './tensor-error.ts';

/** Most dimensions a tensor may have; torch itself stops at 64 (CWE-770). */
export const MAX_TENSOR_RANK = 64;

/** Where the elements of a tensor lie inside its storage; everything counted in elements. */
export interface TensorGeometry {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Index of the first element in the storage. */
  readonly storageOffset: number;
}

/** Product of the sizes. @throws {@link TensorError} `TENSOR_INVALID_GEOMETRY` when it is no safe integer (CWE-190). */
export function countElements(shape: readonly number[]): number {
  // A size of 0 makes the whole product 0, however large the others are.
  if (shape.includes(0)) return 0;
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (count > Number.MAX_SAFE_INTEGER) {
      throw new TensorError(`a tensor of shape [${shape.join(', ')}] has more elements than can be counted`, {
        code: 'TENSOR_INVALID_GEOMETRY',
        details: { shape },
      });
    }
  }
  return count;
}

/** Strides of a dense row-major tensor. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    strides[axis] = stride;
    stride *= Math.max(shape[axis] ?? 1, 1);
  }
  return strides;
}

/** Whether the elements lie one after the other in row-major order; strides of size-1 dimensions do not matter. */
export function isDense(shape: readonly number[], strides: readonly number[]): boolean {
  const dense = denseStrides(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === dense[axis]);
}

/** Distance from the first to the last element, plus one; 0 when there are none. */
export function elementSpan(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((span, size, axis) => span + (size - 1) * (strides[axis] ?? 0), 1);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/**
 * Checks that every element lies inside the storage (CWE-125).
 *
 * @param storageElements - How many elements the storage has.
 * @throws {@link TensorError} `TENSOR_INVALID_GEOMETRY`, `TENSOR_LIMIT_EXCEEDED`.
 */
export function assertGeometry(geometry: TensorGeometry, storageElements: number): void {
  const { shape, strides, storageOffset } = geometry;
  if (shape.length > MAX_TENSOR_RANK) {
    throw new TensorError(`a tensor has ${shape.length} dimensions, more than ${MAX_TENSOR_RANK}`, {
      code: 'TENSOR_LIMIT_EXCEEDED',
      details: { rank: shape.length, limit: MAX_TENSOR_RANK },
    });
  }
  const fail = (problem: string): never => {
    throw new TensorError(
      `shape [${shape.join(', ')}], strides [${strides.join(', ')}] and offset ${storageOffset} ${problem}`,
      { code: 'TENSOR_INVALID_GEOMETRY', details: { shape, strides, storageOffset, storageElements } },
    );
  };
  if (shape.length !== strides.length) fail('do not fit together');
  if (![...shape, ...strides, storageOffset].every(isCount)) fail('are not all whole numbers from 0 up');
  countElements(shape);
  const span = elementSpan(shape, strides);
  // Sums and products of safe integers: beyond 2^53 they are rounded, but stay larger than any storage.
  if (span > 0 && storageOffset + span > storageElements) {
    fail(`reach past the ${storageElements} elements of the storage`);
  }
}

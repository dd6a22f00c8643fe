import type { Dtype } from '../../tensor/dtype.ts';
import { DTYPE_LAYOUTS } from '../../tensor/dtype-layout.ts';
import type { CheckpointFailure } from '../checkpoint-error.ts';
import { describeValue, isSequence, type PickleValue } from '../pickle/values.ts';
import { STORAGE_DTYPES, UNTYPED_STORAGE } from './torch-globals.ts';

/** The bytes of a storage in the file. */
export interface StorageExtent {
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A storage a tensor refers to. */
export interface StorageReference extends StorageExtent {
  readonly key: string;
  /** Null for an untyped storage, and for one of a type that is not read. */
  readonly dtype: Dtype | null;
  /** Class name, such as `torch.FloatStorage`. */
  readonly className: string;
}

/** Finds the extent of a storage by its key. */
export type FindStorage = (key: string) => StorageExtent | undefined;

/**
 * Part of a storage, which very old files refer to: `(view key, offset, element count)`, counted in elements from the
 * start of the storage.
 */
function viewWithin(
  extent: StorageExtent,
  view: PickleValue | undefined,
  { unitBytes, at, failure }: { unitBytes: number; at: number; failure: CheckpointFailure },
): StorageExtent {
  if (view === undefined || view === null) return extent;
  const [, offset, elementCount] = isSequence(view) ? view.items : [];
  if (typeof offset !== 'number' || typeof elementCount !== 'number' || offset < 0 || elementCount < 0) {
    throw failure.malformed(`a storage view is ${describeValue(view)}, not a key, an offset and an element count`, at);
  }
  if ((offset + elementCount) * unitBytes > extent.byteLength) {
    throw failure.malformed(
      `a storage view of ${elementCount} elements from ${offset} on reaches past the ${extent.byteLength} bytes of its storage`,
      at,
    );
  }
  return { byteOffset: extent.byteOffset + offset * unitBytes, byteLength: elementCount * unitBytes };
}

/**
 * Turns the persistent id `('storage', class, key, location, element count[, view])` into the place of the bytes.
 * The location (`cpu`, `cuda:0`) does not matter here.
 *
 * @throws {@link CheckpointError} `CHECKPOINT_MALFORMED` unless the storage exists with exactly that many bytes.
 */
export function resolveStorage(
  value: PickleValue | undefined,
  findStorage: FindStorage,
  failure: CheckpointFailure,
): StorageReference {
  if (typeof value !== 'object' || value === null || value.kind !== 'persistent-id') {
    throw failure.malformed(`a tensor is built from ${describeValue(value ?? null)}, not from a storage`);
  }
  const at = value.byteOffset;
  const [, storageClass, key, , elementCount, view] = value.id.items;
  if (typeof storageClass !== 'object' || storageClass === null || storageClass.kind !== 'global') {
    throw failure.malformed('a storage has no class', at);
  }
  const className = storageClass.name;
  const dtype = STORAGE_DTYPES.get(className) ?? null;
  if (dtype === null && !className.endsWith('Storage')) throw failure.malformed(`${className} is no storage class`, at);
  if (typeof key !== 'string') throw failure.malformed('the key of a storage is not a string', at);
  if (typeof elementCount !== 'number' || elementCount < 0)
    throw failure.malformed(`storage ${key} has no element count`, at);
  const extent = findStorage(key);
  if (extent === undefined) throw failure.malformed(`there is no record of storage ${key}`, at);
  const unitBytes = className === UNTYPED_STORAGE ? 1 : dtype === null ? null : DTYPE_LAYOUTS[dtype].unitBytes;
  if (unitBytes !== null && elementCount * unitBytes !== extent.byteLength) {
    throw failure.malformed(
      `storage ${key} of ${elementCount} elements needs ${elementCount * unitBytes} bytes and has ${extent.byteLength}`,
      at,
    );
  }
  return { key, dtype, className, ...viewWithin(extent, view, { unitBytes: unitBytes ?? 1, at, failure }) };
}

import type { AbortableOptions } from '../../kernel/abort.ts';
import type { ByteSource } from '../../kernel/byte-source.ts';
import { DTYPE_LAYOUTS } from '../../tensor/dtype-layout.ts';
import { CheckpointError, type CheckpointFailure } from '../checkpoint-error.ts';
import { MAX_PICKLE_BYTES } from '../pickle/limits.ts';
import { unpickle, type Unpickled } from '../pickle/unpickle.ts';
import { isDict, isSequence, type PicklePersistentId, type PickleValue } from '../pickle/values.ts';
import { TensorRebuilder } from './rebuild-tensor.ts';
import type { StorageExtent } from './storage-table.ts';
import { TorchFile } from './torch-file.ts';
import { ALLOWED_GLOBALS, STORAGE_DTYPES, STORAGE_TAG } from './torch-globals.ts';

/** Bytes of the pickled magic number every file begins with. */
const MAGIC_BYTES = 15;
const PROTOCOL_VERSION = 1001;
/** A storage begins with its element count as an int64. */
const COUNT_BYTES = 8;
/** The pickles have no length: this much is read first, and more while they turn out longer. */
const FIRST_WINDOW_BYTES = 256 * 1024;

interface LegacyPickles {
  readonly object: Unpickled;
  /** Keys of the storages, in the order of their bytes. */
  readonly keys: PickleValue;
  /** Absolute position of the first storage. */
  readonly endOffset: number;
}

function parsePickles(window: Uint8Array, failure: CheckpointFailure): LegacyPickles {
  const read = (byteOffset: number): Unpickled =>
    unpickle(window.subarray(byteOffset), {
      failure,
      byteOffset,
      allowedGlobals: ALLOWED_GLOBALS,
      persistentIdTag: STORAGE_TAG,
    });
  const protocol = read(MAGIC_BYTES);
  if (protocol.value !== PROTOCOL_VERSION) throw failure.malformed('the legacy protocol is not 1001', MAGIC_BYTES);
  const system = read(protocol.endOffset);
  if (isDict(system.value) && system.value.entries.get('little_endian') === false) {
    const hint = 'Load it with torch and save it again on a little-endian machine.';
    throw failure.unsupported('big-endian', 'was saved on a big-endian machine', hint);
  }
  const object = read(system.endOffset);
  const keys = read(object.endOffset);
  return { object, keys: keys.value, endOffset: keys.endOffset };
}

async function readPickles(source: ByteSource, failure: CheckpointFailure): Promise<LegacyPickles> {
  const most = Math.min(source.sizeBytes, MAX_PICKLE_BYTES);
  for (let length = Math.min(FIRST_WINDOW_BYTES, most); ; length = Math.min(length * 4, most)) {
    const window = new Uint8Array(length);
    await source.read(window, 0);
    try {
      return parsePickles(window, failure);
    } catch (error) {
      const isCut = CheckpointError.isInstance(error) && error.code === 'CHECKPOINT_TRUNCATED' && length < most;
      // Only the window was too short: the next round reads more of the file.
      if (!isCut) throw error;
    }
  }
}

/** Bytes of each storage, by key, as the persistent ids announce them. */
function announcedSizes(
  ids: readonly PicklePersistentId[],
  failure: CheckpointFailure,
): ReadonlyMap<string, { count: number; unitBytes: number }> {
  const sizes = new Map<string, { count: number; unitBytes: number }>();
  for (const { id, byteOffset } of ids) {
    const [, storageClass, key, , count] = id.items;
    const className = typeof storageClass === 'object' && storageClass?.kind === 'global' ? storageClass.name : '';
    if (typeof key !== 'string' || typeof count !== 'number' || count < 0) {
      throw failure.malformed('a storage has no key or no element count', byteOffset);
    }
    const dtype = STORAGE_DTYPES.get(className);
    sizes.set(key, { count, unitBytes: dtype === undefined ? 1 : DTYPE_LAYOUTS[dtype].unitBytes });
  }
  return sizes;
}

/** Steps from storage to storage: each begins with its element count, the next follows without padding. */
async function locateStorages(
  source: ByteSource,
  { object, keys, endOffset }: LegacyPickles,
  failure: CheckpointFailure,
): Promise<ReadonlyMap<string, StorageExtent>> {
  if (!isSequence(keys)) throw failure.malformed('the list of storages is missing', object.endOffset);
  const sizes = announcedSizes(object.persistentIds, failure);
  const extents = new Map<string, StorageExtent>();
  const header = new Uint8Array(COUNT_BYTES);
  let position = endOffset;
  for (const key of keys.items) {
    const size = typeof key === 'string' ? sizes.get(key) : undefined;
    if (typeof key !== 'string' || size === undefined || extents.has(key)) {
      throw failure.malformed('the list of storages does not fit the tensors', object.endOffset);
    }
    const byteLength = size.count * size.unitBytes;
    if (position + COUNT_BYTES + byteLength > source.sizeBytes) {
      throw failure.truncated(
        `storage ${key} at byte ${position} needs ${byteLength} bytes, more than are left`,
        position,
      );
    }
    await source.read(header, position);
    const count = Number(new DataView(header.buffer).getBigInt64(0, true));
    if (count !== size.count)
      throw failure.malformed(`storage ${key} has ${count} elements instead of ${size.count}`, position);
    extents.set(key, { byteOffset: position + COUNT_BYTES, byteLength });
    position += COUNT_BYTES + byteLength;
  }
  return extents;
}

/**
 * Reads the index of a checkpoint in the format torch wrote before 1.6 (and still does with
 * `_use_new_zipfile_serialization=False`): five pickles, then the storages one after the other. It has no checksums.
 *
 * @throws {@link CheckpointError} with any code but `CHECKPOINT_LFS_POINTER` and `CHECKPOINT_CHECKSUM_MISMATCH`.
 */
export async function readTorchLegacy(
  source: ByteSource,
  failure: CheckpointFailure,
  options: AbortableOptions,
): Promise<TorchFile> {
  const pickles = await readPickles(source, failure);
  options.signal?.throwIfAborted();
  const extents = await locateStorages(source, pickles, failure);
  const rebuilder = new TensorRebuilder(source, (key) => extents.get(key), failure);
  const { value, globals } = pickles.object;
  return new TorchFile(value, { format: 'torch-legacy', globals, rebuilder, failure });
}

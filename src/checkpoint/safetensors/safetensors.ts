import type { ByteSource } from '../../kernel/byte-source.ts';
import { denseStrides } from '../../tensor/geometry.ts';
import type { StoredTensor } from '../../tensor/stored-tensor.ts';
import type { CheckpointFailure } from '../checkpoint-error.ts';
import { describeTensor } from '../describe-tensor.ts';
import type { StateDict } from '../state-dict.ts';
import { MAX_SAFETENSORS_HEADER_BYTES, parseSafetensorsHeader } from './safetensors-header.ts';

/** The length of the header, as a u64. */
const LENGTH_BYTES = 8;

/**
 * Reads the header of a safetensors file; the tensors are read when asked for.
 *
 * @throws {@link CheckpointError} `CHECKPOINT_TRUNCATED`, `CHECKPOINT_MALFORMED`, `CHECKPOINT_LIMIT_EXCEEDED`,
 * `CHECKPOINT_NOT_A_CHECKPOINT` without tensors.
 */
export async function readSafetensors(source: ByteSource, failure: CheckpointFailure): Promise<StateDict> {
  const prefix = new Uint8Array(LENGTH_BYTES);
  await source.read(prefix, 0);
  const headerBytes = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (headerBytes > MAX_SAFETENSORS_HEADER_BYTES) {
    throw failure.limitExceeded(`the safetensors header has ${headerBytes} bytes`, MAX_SAFETENSORS_HEADER_BYTES, 0);
  }
  const dataStart = LENGTH_BYTES + headerBytes;
  if (dataStart > source.sizeBytes) {
    throw failure.truncated(`the safetensors header ends at byte ${dataStart} and the file at ${source.sizeBytes}`, 0);
  }
  const bytes = new Uint8Array(headerBytes);
  await source.read(bytes, LENGTH_BYTES);
  const tensors = new Map<string, StoredTensor>();
  const ignoredEntries = new Map<string, string>();
  for (const { name, dtype, dtypeName, shape, begin, end } of parseSafetensorsHeader(
    bytes,
    source.sizeBytes - dataStart,
    failure,
  )) {
    if (dtype === null) {
      ignoredEntries.set(name, `tensor of unsupported type ${dtypeName}`);
      continue;
    }
    const storage = { byteOffset: dataStart + begin, byteLength: end - begin };
    const geometry = { shape, strides: denseStrides(shape), storageOffset: 0 };
    tensors.set(name, describeTensor(source, { name, dtype, ...geometry, storage, quantization: null }, failure));
  }
  if (tensors.size === 0) {
    throw failure.notACheckpoint(
      'safetensors',
      'is a safetensors file without readable tensors',
      'Use the model.safetensors of the model.',
    );
  }
  return { format: 'safetensors', tensors, dynamicLinears: new Map(), quantizedEmbeddings: new Set(), ignoredEntries };
}

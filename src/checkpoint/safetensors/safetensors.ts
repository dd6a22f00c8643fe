import type { ByteSource } from '../../kernel/byte-source.ts';
import { denseStrides } from '../../tensor/geometry.ts';
import type { CheckpointError, CheckpointFailure } from '../checkpoint-error.ts';
import type { AcceptsEntry, CheckpointFile } from '../checkpoint-file.ts';
import { describeTensor } from '../describe-tensor.ts';
import type { StateDictBuilder } from '../state-dict-builder.ts';
import { MAX_SAFETENSORS_HEADER_BYTES, parseSafetensorsHeader, type SafetensorsEntry } from './safetensors-header.ts';

/** The length of the header, as a u64. */
const LENGTH_BYTES = 8;

/** A safetensors file, its header read. */
export class SafetensorsFile implements CheckpointFile {
  readonly format = 'safetensors';
  /** It has no pickle. */
  readonly globals: readonly string[] = [];
  readonly #source: ByteSource;
  readonly #dataStart: number;
  readonly #entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly #failure: CheckpointFailure;

  /** @param dataStart - Absolute position of the data, which the header counts from. */
  constructor(source: ByteSource, dataStart: number, entries: readonly SafetensorsEntry[], failure: CheckpointFailure) {
    this.#source = source;
    this.#dataStart = dataStart;
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.#failure = failure;
  }

  hasEntry(name: string): boolean {
    return this.#entries.has(name);
  }

  async addTo(builder: StateDictBuilder, accepts: AcceptsEntry): Promise<void> {
    for (const { name, dtype, dtypeName, shape, begin, end } of this.#entries.values()) {
      if (!accepts(name)) continue;
      if (dtype === null) {
        builder.ignore(name, `tensor of unsupported type ${dtypeName}`);
        continue;
      }
      const storage = { byteOffset: this.#dataStart + begin, byteLength: end - begin };
      const geometry = { shape, strides: denseStrides(shape), storageOffset: 0 };
      const description = { name, dtype, ...geometry, storage, quantization: null };
      builder.addTensor(describeTensor(this.#source, description, this.#failure), this.#failure);
    }
  }

  withoutTensors(): CheckpointError {
    return this.#failure.notACheckpoint(
      'safetensors',
      'is a safetensors file without readable tensors',
      'Use the model.safetensors of the model.',
    );
  }
}

/**
 * Reads the header of a safetensors file; the tensors are read when asked for.
 *
 * @throws {@link CheckpointError} `CHECKPOINT_TRUNCATED`, `CHECKPOINT_MALFORMED`, `CHECKPOINT_LIMIT_EXCEEDED`.
 */
export async function readSafetensors(source: ByteSource, failure: CheckpointFailure): Promise<SafetensorsFile> {
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
  const entries = parseSafetensorsHeader(bytes, source.sizeBytes - dataStart, failure);
  return new SafetensorsFile(source, dataStart, entries, failure);
}

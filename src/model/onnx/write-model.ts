import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_FILE, MODEL_FILE } from './compiled-model.ts';
import type { SerializedModel } from './onnx-graph.ts';

/**
 * Writes a graph serialized for the data file {@link DATA_FILE} and that file into an existing folder. Initializers are
 * streamed: a table larger than memory goes through block by block.
 */
export async function writeModel(folder: string, serialized: SerializedModel, signal?: AbortSignal): Promise<void> {
  await writeFile(join(folder, MODEL_FILE), serialized.model);
  await writeExternalData(join(folder, DATA_FILE), serialized, signal);
}

async function writeExternalData(
  path: string,
  { external, externalByteLength }: SerializedModel,
  signal: AbortSignal | undefined,
): Promise<void> {
  await using file = await open(path, 'w');
  for (const { initializer, byteOffset } of external) {
    const { bytes, byteLength, name } = initializer;
    let position = byteOffset;
    for await (const block of bytes instanceof Uint8Array ? [bytes] : bytes()) {
      signal?.throwIfAborted();
      await writeFully(file, block, position);
      position += block.byteLength;
    }
    if (position !== byteOffset + byteLength) {
      throw new RangeError(`initializer ${name} gave ${position - byteOffset} bytes instead of ${byteLength}`);
    }
  }
  await file.truncate(externalByteLength);
}

/**
 * Writes all of `bytes` at `position`. One write may take a part only: on a disk that fills up, the one after it fails.
 *
 * @throws what the system says, such as `ENOSPC`.
 */
export async function writeFully(file: Pick<FileHandle, 'write'>, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, written, bytes.byteLength - written, position + written);
    written += bytesWritten;
  }
}

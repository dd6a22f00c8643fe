import type { ByteSource } from '../kernel/byte-source.ts';
import { CheckpointFailure } from './checkpoint-error.ts';
import { MAX_PICKLE_BYTES } from './pickle/limits.ts';
import { scanGlobals, type NamedGlobal } from './pickle/scan-globals.ts';
import { readZipIndex } from './zip/zip-index.ts';

/** First bytes of a zip archive, little-endian. */
const ZIP_SIGNATURE = 0x04034b50;
const PICKLE_PROTO = 0x80;

async function scanRange(source: ByteSource, byteOffset: number, byteLength: number): Promise<NamedGlobal[]> {
  const bytes = new Uint8Array(Math.min(byteLength, MAX_PICKLE_BYTES));
  await source.read(bytes, byteOffset);
  return scanGlobals(bytes, byteOffset);
}

/**
 * Lists every global the pickles of a file name, the forbidden ones included, without carrying anything out: what a
 * reader of somebody else's file wants to know first. Looks into `torch.save` archives, TorchScript, legacy streams
 * and bare pickles; any other file names none. Compressed records are not looked into.
 *
 * @throws {@link CheckpointError} when a zip archive is too damaged to have an index.
 */
export async function listGlobals(source: ByteSource): Promise<NamedGlobal[]> {
  const start = new Uint8Array(Math.min(4, source.sizeBytes));
  await source.read(start, 0);
  if (start[0] === PICKLE_PROTO) return scanRange(source, 0, source.sizeBytes);
  if (start.byteLength < 4 || new DataView(start.buffer).getUint32(0, true) !== ZIP_SIGNATURE) return [];
  const found: NamedGlobal[] = [];
  for (const { name, byteOffset, byteLength, method, isEncrypted } of (
    await readZipIndex(source, new CheckpointFailure(source.name))
  ).values()) {
    if (!name.endsWith('.pkl') || method !== 0 || isEncrypted) continue;
    found.push(...(await scanRange(source, byteOffset, byteLength)));
  }
  return found;
}

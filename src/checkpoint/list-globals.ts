import type { ByteSource } from '../kernel/byte-source.ts';
import { CheckpointFailure } from './checkpoint-error.ts';
import { MAX_PICKLE_BYTES } from './pickle/limits.ts';
import { scanGlobals, type NamedGlobal } from './pickle/scan-globals.ts';
import { readZipIndex } from './zip/zip-index.ts';

/** First bytes of a zip archive, little-endian. */
const ZIP_SIGNATURE = 0x04034b50;
const PICKLE_PROTO = 0x80;
/** Most different globals that are listed (CWE-770); a state dict names about ten. */
const MAX_LISTED_GLOBALS = 10_000;

async function readRange(source: ByteSource, byteOffset: number, byteLength: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(byteLength);
  await source.read(bytes, byteOffset);
  return bytes;
}

/** The first mention of each global, in order. */
class GlobalList {
  readonly #found = new Map<string, NamedGlobal>();
  readonly #failure: CheckpointFailure;

  constructor(failure: CheckpointFailure) {
    this.#failure = failure;
  }

  addAll(bytes: Uint8Array, byteOffset: number): void {
    for (const global of scanGlobals(bytes, byteOffset, this.#failure)) {
      // Newlines end names in a pickle, so the two parts cannot be confused.
      const key = `${global.module}\n${global.name}`;
      if (this.#found.has(key)) continue;
      if (this.#found.size === MAX_LISTED_GLOBALS) {
        throw this.#failure.limitExceeded('the pickles name more globals', MAX_LISTED_GLOBALS, global.byteOffset);
      }
      this.#found.set(key, global);
    }
  }

  toArray(): NamedGlobal[] {
    return [...this.#found.values()];
  }
}

/**
 * Lists every global the pickles of a file name, once each, the forbidden ones included, without carrying anything out:
 * what a reader of somebody else's file wants to know first. Looks into `torch.save` archives, TorchScript, legacy
 * streams and bare pickles (the first 16 MiB of those two); any other file names none. Compressed records are not
 * looked into. A module or name that the pickle puts together in a roundabout way is `?`.
 *
 * @example
 * ```ts
 * await using source = await openFileByteSource('pytorch_model.bin');
 * for (const { module, name } of await listGlobals(source)) console.log(`${module}.${name}`);
 * ```
 * @param source - Stays open.
 * @returns The first mention of each, in the order of the file.
 * @throws {@link CheckpointError} `CHECKPOINT_TRUNCATED` or `CHECKPOINT_MALFORMED` when a zip archive is too damaged to
 * have an index, `CHECKPOINT_LIMIT_EXCEEDED` when there is more than this looks at.
 * @throws {@link ByteSourceError} when the source cannot be read.
 */
export async function listGlobals(source: ByteSource): Promise<readonly NamedGlobal[]> {
  const failure = new CheckpointFailure(source.name);
  const globals = new GlobalList(failure);
  const start = await readRange(source, 0, Math.min(4, source.sizeBytes));
  if (start[0] === PICKLE_PROTO) {
    globals.addAll(await readRange(source, 0, Math.min(source.sizeBytes, MAX_PICKLE_BYTES)), 0);
    return globals.toArray();
  }
  if (start.byteLength < 4 || new DataView(start.buffer, start.byteOffset).getUint32(0, true) !== ZIP_SIGNATURE)
    return [];
  for (const { name, byteOffset, byteLength, method, isEncrypted } of (await readZipIndex(source, failure)).values()) {
    if (!name.endsWith('.pkl') || method !== 0 || isEncrypted) continue;
    if (byteLength > MAX_PICKLE_BYTES) {
      throw failure.limitExceeded(`record ${name} has ${byteLength} bytes`, MAX_PICKLE_BYTES, byteOffset);
    }
    globals.addAll(await readRange(source, byteOffset, byteLength), byteOffset);
  }
  return globals.toArray();
}

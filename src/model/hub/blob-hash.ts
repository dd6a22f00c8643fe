import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { HubFile } from './list-files.ts';

const BLOCK_BYTES = 1024 * 1024;

/** The digest that names a blob: sha256 of the content, or git's sha1 of `blob <size>\0` and the content. */
export function blobHash({ algorithm, size }: Pick<HubFile, 'algorithm' | 'size'>): Hash {
  return algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

/** Feeds the first bytes of a file to a hash; fewer when it is shorter. */
export async function hashFile(hash: Hash, file: FileHandle, bytes: number): Promise<void> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let position = 0; position < bytes;) {
    const { bytesRead } = await file.read(block, 0, Math.min(block.length, bytes - position), position);
    if (bytesRead === 0) return;
    hash.update(block.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** Whether a blob is there with the content its name promises. */
export async function isWholeBlob(path: string, file: HubFile): Promise<boolean> {
  try {
    await using handle = await open(path, 'r');
    if ((await handle.stat()).size !== file.size) return false;
    const hash = blobHash(file);
    await hashFile(hash, handle, file.size);
    return hash.digest('hex') === file.digest;
  } catch {
    return false; // Absent or unreadable: it is downloaded.
  }
}

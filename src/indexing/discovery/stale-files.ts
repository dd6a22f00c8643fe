import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { languageForFile } from '../../parsing/language-registry.ts';

/** What an index knows of a file's content. */
export interface IndexedContent {
  readonly path: string;
  /** sha256 of the bytes, hex. */
  readonly contentHash: string;
  readonly sizeBytes: number;
}

/**
 * Which of some files are not what was indexed: changed since, gone, or in a language that is indexed and not there yet.
 *
 * @param paths - Relative to `root`, with `/`.
 */
export async function staleFiles(
  root: string,
  paths: readonly string[],
  indexed: readonly IndexedContent[],
): Promise<string[]> {
  const known = new Map(indexed.map((content) => [content.path, content]));
  const stale: string[] = [];
  for (const path of paths) {
    const content = known.get(path);
    const isStale = content === undefined ? languageForFile(path) !== null : !(await isAsIndexed(root, content));
    if (isStale) stale.push(path);
  }
  return stale;
}

async function isAsIndexed(root: string, { path, contentHash, sizeBytes }: IndexedContent): Promise<boolean> {
  try {
    const file = join(root, path);
    const { size } = await stat(file);
    if (size !== sizeBytes) return false;
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    return hash.digest('hex') === contentHash;
  } catch {
    return false; // Gone or unreadable: certainly not what was indexed.
  }
}

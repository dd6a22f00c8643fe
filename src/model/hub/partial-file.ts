import { createHash, randomUUID } from 'node:crypto';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { systemErrorCode } from '../../kernel/errors.ts';
import { namesIn } from './hub-cache.ts';

/** Age from which an unfinished file belongs to nobody, whoever began it. */
const ABANDONED_AFTER_MS = 10 * 60 * 1000;

/**
 * A download under way: a file beside the blob that ends in `.incomplete`, as in Python's library, and carries its owner in
 * the name. It is claimed by renaming it, which only one process can do: two that download the same blob at once write to two
 * files and both end right. Nothing depends on locks, which network file systems do not keep.
 */
export class PartialFile {
  readonly path: string;
  readonly #blob: string;

  private constructor(path: string, blob: string) {
    this.path = path;
    this.#blob = blob;
  }

  /** Takes over what an earlier run left of a blob, the longest of it, or begins a new file. */
  static async claim(blob: string): Promise<PartialFile> {
    const partial = new PartialFile(`${blob}.${ownerMark()}-${randomUUID().slice(0, 8)}.incomplete`, blob);
    for (const { path } of await abandonedParts(blob)) {
      try {
        await rename(path, partial.path);
        return partial;
      } catch (cause) {
        if (systemErrorCode(cause) !== 'ENOENT') throw cause; // Otherwise another process was faster.
      }
    }
    return partial;
  }

  async open(): Promise<FileHandle> {
    try {
      return await open(this.path, 'r+');
    } catch (cause) {
      if (systemErrorCode(cause) !== 'ENOENT') throw cause;
      return open(this.path, 'wx+');
    }
  }

  /** Puts the finished file in place of the blob. */
  async finish(): Promise<void> {
    try {
      await rename(this.path, this.#blob);
    } catch (cause) {
      // Windows does not replace a file that somebody reads: another process finished the same blob.
      const isThere = (await sizeOf(this.#blob)) === (await sizeOf(this.path));
      if (!isThere) throw cause;
      await this.remove();
    }
  }

  /** Leaves what there is to whoever comes next; an empty file is of no use to anybody. */
  async release(): Promise<void> {
    const size = await sizeOf(this.path);
    if (size === null) return;
    await (size === 0 ? this.remove() : rename(this.path, `${this.#blob}.${randomUUID().slice(0, 8)}.kept.incomplete`));
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

/** Bytes of a blob that an earlier run left and the next would take over. */
export async function keptBytes(blob: string): Promise<number> {
  return (await abandonedParts(blob))[0]?.size ?? 0;
}

/** Removes what runs that died left of a blob that is whole now. */
export async function removeParts(blob: string): Promise<void> {
  for (const { path } of await abandonedParts(blob)) await rm(path, { force: true });
}

interface Part {
  readonly path: string;
  readonly size: number;
}

/** Unfinished files of a blob that nobody writes to, the longest first. */
async function abandonedParts(blob: string): Promise<readonly Part[]> {
  const prefix = `${basename(blob)}.`;
  const parts: Part[] = [];
  for (const name of await namesIn(dirname(blob))) {
    if (!name.startsWith(prefix) || !name.endsWith('incomplete')) continue;
    const path = join(dirname(blob), name);
    try {
      const { size, mtimeMs } = await stat(path);
      const isOld = Date.now() - mtimeMs > ABANDONED_AFTER_MS;
      if (name.endsWith('.kept.incomplete') || isOld || ownerIsDead(name.slice(prefix.length)))
        parts.push({ path, size });
    } catch {
      continue; // Finished or claimed meanwhile.
    }
  }
  return parts.toSorted((left, right) => right.size - left.size);
}

/** Machine and process: `h<8 hexadecimal digits>-p<pid>`. */
function ownerMark(): string {
  return `${machineMark()}-p${process.pid}`;
}

function machineMark(): string {
  return `h${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}`;
}

/** Whether the owner that a name tells is a process of this machine that is no more. */
function ownerIsDead(mark: string): boolean {
  const owner = /^(h[0-9a-f]{8})-p(\d+)-/.exec(mark);
  if (owner === null || owner[1] !== machineMark()) return false;
  try {
    process.kill(Number(owner[2]), 0);
    return false;
  } catch (cause) {
    return systemErrorCode(cause) === 'ESRCH';
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null; // Not there: the caller does without.
  }
}

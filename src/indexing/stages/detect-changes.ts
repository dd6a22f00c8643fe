import type { FileStamp } from '../../store/index-store.ts';
import type { DiscoveredFile } from '../discovery/discover.ts';

/** What a run has to look at. */
export interface ChangeSet {
  /** New files, and files whose size or time differs: their content decides. */
  readonly candidates: readonly DiscoveredFile[];
  /** Paths of files that are as the index knows them. */
  readonly unchanged: readonly string[];
  /** Paths the index knows that are not there any more, or are skipped now. */
  readonly removed: readonly string[];
}

/**
 * A file written within this time of the last run may have been written again without its time stamp moving (git's
 * "racily clean" problem; ext3 and FAT count in 1 s and 2 s): its content is looked at once more.
 */
const RACY_WINDOW_MS = 2_000;

/**
 * Compares the files on disk with the index.
 *
 * @param lastRunStartedMs - When the run that wrote the stamps began; 0 when unknown.
 * @param full - Look at every file again.
 */
export function detectChanges(
  files: readonly DiscoveredFile[],
  stamps: readonly FileStamp[],
  lastRunStartedMs: number,
  full: boolean,
): ChangeSet {
  const known = new Map(stamps.map((stamp) => [stamp.path, stamp]));
  const candidates: DiscoveredFile[] = [];
  const unchanged: string[] = [];
  for (const file of files) {
    const stamp = known.get(file.path);
    known.delete(file.path);
    const same =
      stamp !== undefined &&
      !full &&
      stamp.sizeBytes === file.sizeBytes &&
      stamp.mtimeMs === file.mtimeMs &&
      stamp.language === file.language &&
      file.mtimeMs < lastRunStartedMs - RACY_WINDOW_MS;
    if (same) unchanged.push(file.path);
    else candidates.push(file);
  }
  return { candidates, unchanged, removed: [...known.keys()] };
}

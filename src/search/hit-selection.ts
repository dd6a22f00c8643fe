import type { StoredChunk } from '../store/index-store.ts';
import type { RankingSignal } from './search-hit.ts';

/** Hits one file gives before the others of it are ranked down. */
export const UNCROWDED_HITS_PER_FILE = 3;
/** Factor for each further hit of the same file: the reader has already been sent there. */
export const CROWDING_FACTOR = 0.8;

/** A candidate after the rules. */
export interface RankedChunk {
  readonly chunk: StoredChunk;
  readonly score: number;
  readonly signals: readonly RankingSignal[];
}

function compareRanked(left: RankedChunk, right: RankedChunk): number {
  if (left.score !== right.score) return right.score - left.score;
  if (left.chunk.path !== right.chunk.path) return left.chunk.path < right.chunk.path ? -1 : 1;
  return (
    left.chunk.startLine - right.chunk.startLine ||
    left.chunk.endLine - right.chunk.endLine ||
    left.chunk.id - right.chunk.id
  );
}

/**
 * Chooses hits: parts of one definition collapse into the best of them, and files with many hits make room for others.
 * Equal scores are in order of path, then line.
 */
export function selectHits(ranked: readonly RankedChunk[], limit: number): RankedChunk[] {
  const seenSymbols = new Set<string>();
  const hitsPerFile = new Map<string, number>();
  const selected: RankedChunk[] = [];
  for (const candidate of [...ranked].sort(compareRanked)) {
    const { symbol, path } = candidate.chunk;
    if (symbol !== null) {
      if (seenSymbols.has(symbol.id)) continue;
      seenSymbols.add(symbol.id);
    }
    const place = (hitsPerFile.get(path) ?? 0) + 1;
    hitsPerFile.set(path, place);
    selected.push(place <= UNCROWDED_HITS_PER_FILE ? candidate : crowded(candidate, place));
  }
  return selected.sort(compareRanked).slice(0, limit);
}

function crowded(candidate: RankedChunk, place: number): RankedChunk {
  const value = CROWDING_FACTOR ** (place - UNCROWDED_HITS_PER_FILE);
  return {
    ...candidate,
    score: candidate.score * value,
    signals: [...candidate.signals, { signal: 'file-crowding', value }],
  };
}

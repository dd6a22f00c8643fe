import type { Diagnostic } from '../../kernel/diagnostics.ts';
import type { IndexStore } from '../../store/index-store.ts';
import { FACTS_VERSION } from '../facts.ts';
import { INDEX_META } from '../index-meta.ts';
import { findPreciseIndex, NO_PRECISE_INDEX, readPreciseIndex } from '../precise-index.ts';
import type { IndexProgressListener } from '../progress.ts';
import { readLayout } from '../project-layout.ts';
import { resolveEdges } from './resolve-edges.ts';

export interface UpdateEdgesInput {
  readonly root: string;
  readonly store: IndexStore;
  /** Every path discovery saw. */
  readonly paths: readonly string[];
  /** When the run began. */
  readonly startedAtMs: number;
  /** Resolve every file, whatever is stored. */
  readonly full: boolean;
  /** The SCIP index that is asked for; null for none, undefined for that of the last run. */
  readonly scip: string | null | undefined;
  readonly onProgress: IndexProgressListener;
  readonly signal: AbortSignal | undefined;
}

export interface UpdateEdgesResult {
  /** Path of the SCIP index whose answers are in the edges; null without one. */
  readonly scip: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Makes edges anew where files, manifests or the SCIP index changed since they were made.
 *
 * @throws {@link ScipError} where the SCIP index that is asked for is not there or cannot be read.
 */
export async function updateEdges(input: UpdateEdgesInput): Promise<UpdateEdgesResult> {
  const { root, store, paths, startedAtMs, full, onProgress, signal } = input;
  const remembered = await store.getMeta(INDEX_META.scip);
  const { index, diagnostics: gone } = findPreciseIndex(root, input.scip, remembered, new Set(paths));
  const snapshot = readLayout(root, paths, index?.digest);
  const usedBefore = (await store.getMeta(INDEX_META.preciseDigest)) ?? '';
  const stale =
    full ||
    (await store.getMeta(INDEX_META.edgesStale)) !== '0' ||
    (await store.getMeta(INDEX_META.layout)) !== snapshot.digest;
  // One that was read is not read again; one that could not be read is, to say so again.
  const isRead = !stale && index?.digest === usedBefore;
  const { documents, diagnostics } = index === null || isRead ? NOTHING_READ : readPreciseIndex(index);
  const isUsed = index !== null && (isRead || documents !== undefined);
  const result = { scip: isUsed ? index.path : null, diagnostics: [...gone, ...diagnostics] };
  const meta = {
    [INDEX_META.factsVersion]: String(FACTS_VERSION),
    [INDEX_META.startedAt]: String(startedAtMs),
    [INDEX_META.preciseDigest]: isUsed ? index.digest : '',
    ...(input.scip === undefined ? {} : { [INDEX_META.scip]: input.scip ?? NO_PRECISE_INDEX }),
  };
  if (!stale) {
    await store.setMeta(meta);
    return result;
  }
  onProgress({ stage: 'resolve', state: 'started', edges: 0 });
  const layout = { ...snapshot.layout, precise: documents };
  // An answer of the index that is used, or was and is gone, may stand in any file.
  const resolvesAll = full || documents !== undefined || usedBefore !== '';
  const { edges } = await resolveEdges({ store, snapshot: { ...snapshot, layout }, meta, full: resolvesAll, signal });
  onProgress({ stage: 'resolve', state: 'done', edges });
  return result;
}

const NOTHING_READ = { documents: undefined, diagnostics: [] } as const;

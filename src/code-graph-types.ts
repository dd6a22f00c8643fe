import type { ChangedFiles } from './indexing/discovery/changed-files.ts';
import type { RunIndexOptions } from './indexing/fast-indexer.ts';
import type { Diagnostic } from './kernel/diagnostics.ts';
import type { Logger } from './kernel/logger.ts';
import type { WeightPrecision } from './model/weight-precision.ts';
import type { Changes } from './search/changes.ts';
import type { CompletedHit } from './search/complete-hit.ts';
import type { SearchMode, SearchOptions } from './search/vector-knowledge-graph.ts';

/** Options of `CodeGraph.open`. */
export interface OpenCodeGraphOptions {
  /** Folder of the repository. */
  readonly root: string;
  /**
   * Embedding model for indexing: hub id or folder; null for the default order. Questions are always encoded with the
   * model the index was made with. @defaultValue null
   */
  readonly model?: string | null | undefined;
  /**
   * What becomes of float weights when the repository is indexed: `auto`, `float32` or `int8`. Questions are encoded as the
   * index was. @defaultValue `auto`
   */
  readonly weightPrecision?: WeightPrecision | undefined;
  /** Never use the network. @defaultValue false */
  readonly offline?: boolean | undefined;
  /** Fail where the model cannot be loaded, instead of taking the next. @defaultValue false */
  readonly strict?: boolean | undefined;
  /** Threads for parsing and encoding. @defaultValue the number of cores */
  readonly workers?: number | undefined;
  /** @defaultValue says nothing */
  readonly logger?: Logger | undefined;
}

/** Options of `CodeGraph.search`. */
export interface CodeGraphSearchOptions extends SearchOptions {
  /** @defaultValue `hybrid` */
  readonly mode?: SearchMode | undefined;
  /** Adds callers and callees of each hit's symbol. @defaultValue false */
  readonly context?: boolean | undefined;
  /**
   * Hub id or folder of the model for the question; another one than that of the index is refused.
   * @defaultValue null: the model the index was made with
   */
  readonly model?: string | null | undefined;
}

/** Options of `CodeGraph.verify`. */
export interface VerifyOptions extends Pick<RunIndexOptions, 'onProgress' | 'signal'> {
  /** Differences that are named, of each side. @defaultValue 10 */
  readonly limit?: number | undefined;
}

/** The answer of a search. */
export interface SearchResponse {
  readonly query: string;
  readonly mode: SearchMode;
  /** The model behind the index's vectors; null where it has none. */
  readonly model: { readonly id: string; readonly fingerprint: string } | null;
  readonly tookMs: number;
  readonly hits: readonly CompletedHit[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Symbols changed since a revision, and their impact. */
export interface Diff extends Changes {
  readonly revision: ChangedFiles['revision'];
  /** Files whose content is not the one that was indexed: what is said of them may be wrong, index again. */
  readonly stale: readonly string[];
}

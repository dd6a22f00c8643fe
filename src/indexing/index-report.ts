import type { Diagnostic } from '../kernel/diagnostics.ts';
import type { ModelRecord } from '../store/model-record.ts';
import type { SkippedFile } from './discovery/discover.ts';
import type { SkipReason } from './discovery/skip-rules.ts';

/** The model of a run: what it is, where it was found and why, how it is loaded, and what it stands in for. */
export type IndexReportModel = Omit<ModelRecord, 'diagnostics'>;

/** What one run did. */
export interface IndexReport {
  readonly files: {
    /** Every path discovery saw. */
    readonly seen: number;
    readonly parsed: number;
    readonly unchanged: number;
    readonly removed: number;
    readonly skipped: number;
    /** Files that could not be read, or whose parser gave up. */
    readonly failed: number;
    readonly skippedByReason: Readonly<Partial<Record<SkipReason, number>>>;
  };
  readonly symbols: number;
  readonly edges: number;
  readonly chunks: number;
  /** Texts encoded in this run. */
  readonly embedded: number;
  /** Chunks that had a vector already. */
  readonly reused: number;
  readonly tokens: number;
  /** The model behind the vectors, and why it is this one; null where none were to be made. */
  readonly model: IndexReportModel | null;
  /** Path of the SCIP index whose answers were used; null where there is none. */
  readonly scip: string | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Milliseconds a stage, and in all. */
  readonly tookMs: Readonly<Record<'discover' | 'parse' | 'resolve' | 'embed' | 'total', number>>;
}

/** What the report says of a model. */
export function reportModel(record: ModelRecord | null): IndexReportModel | null {
  if (record === null) return null;
  const { diagnostics: _elsewhere, ...model } = record; // Among those of the report.
  return model;
}

/** Of files that could not be read, or whose parser gave up. */
const FAILURE_CODES = new Set(['FILE_UNREADABLE', 'PARSE_CRASHED', 'PARSE_TIMEOUT']);

/** Counts the files that failed. */
export function countFailures(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter(({ code }) => FAILURE_CODES.has(code)).length;
}

/** Measures the stages of a run. */
export class StageClock {
  readonly #started: number = performance.now();
  #last: number = this.#started;
  readonly #laps: Record<'discover' | 'parse' | 'resolve' | 'embed', number> = {
    discover: 0,
    parse: 0,
    resolve: 0,
    embed: 0,
  };

  lap(stage: 'discover' | 'parse' | 'resolve' | 'embed'): void {
    const now = performance.now();
    this.#laps[stage] = Math.round(now - this.#last);
    this.#last = now;
  }

  finish(): IndexReport['tookMs'] {
    return { ...this.#laps, total: Math.round(performance.now() - this.#started) };
  }
}

/** Counts skipped files by reason. */
export function countReasons(skipped: readonly SkippedFile[]): Partial<Record<SkipReason, number>> {
  const counts: Partial<Record<SkipReason, number>> = {};
  for (const { reason } of skipped) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

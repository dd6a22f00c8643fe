/** How much a {@link Diagnostic} matters. */
export const DIAGNOSTIC_SEVERITIES = ['error', 'warning', 'info'] as const;
export type DiagnosticSeverity = (typeof DIAGNOSTIC_SEVERITIES)[number];

/**
 * Trouble with one input that does not end the run: a syntax error, a file too large, a model that fell back.
 * Diagnostics are data: they are stored with the index and shown again when nothing changed.
 */
export interface Diagnostic {
  readonly severity: DiagnosticSeverity;
  /** Stable `AREA_CONDITION` string. */
  readonly code: string;
  /** What happened, with the values, in one sentence. */
  readonly message: string;
  /** Path relative to the repository root with `/`, where there is one. */
  readonly path?: string | undefined;
  /** 1-based line, where there is one. */
  readonly line?: number | undefined;
  /** One imperative sentence: what to do about it. */
  readonly hint?: string | undefined;
}

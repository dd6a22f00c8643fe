export {
  CodeGraph,
  LANGUAGE_IDS,
  type CodeGraphHit,
  type CodeGraphSearchOptions,
  type Diff,
  type OpenCodeGraphOptions,
  type SearchResponse,
} from './code-graph.ts';
export { diagnose, type DiagnoseOptions, type DoctorCheck, type DoctorReport } from './doctor.ts';
export {
  EDGE_KINDS,
  type Edge,
  type EdgeKind,
  type EdgeSite,
  type ResolutionTier,
  type UnresolvedReason,
} from './graph/edge.ts';
export { SYMBOL_KINDS, type NodeId, type SymbolKind } from './graph/symbol.ts';
export {
  FastIndexer,
  type FastIndexerOptions,
  type IndexTarget,
  type RunIndexOptions,
} from './indexing/fast-indexer.ts';
export type { IndexReport, IndexReportModel } from './indexing/index-report.ts';
export type { ModelOpener, OpenedEncoderLike } from './indexing/model-opener.ts';
export { IndexingError, type IndexingErrorCode } from './indexing/indexing-error.ts';
export type { IndexProgress } from './indexing/progress.ts';
export type { Diagnostic } from './kernel/diagnostics.ts';
export { CodeGraphError } from './kernel/errors.ts';
export type { Logger } from './kernel/logger.ts';
export type { ChangedSymbol, Changes } from './search/changes.ts';
export { CodeKnowledgeGraph, type SymbolDetails } from './search/code-knowledge-graph.ts';
export { EXPORT_FORMATS, type ExportFormat } from './search/export/export-formats.ts';
export type { GraphExport, GraphExportOptions } from './search/export/graph-exporter.ts';
export type { AffectedCounts, Impact, ImpactOptions, ImpactResult } from './search/impact.ts';
export {
  OVERVIEW_SECTIONS,
  type Overview,
  type OverviewManifests,
  type OverviewOptions,
  type OverviewSection,
} from './search/overview.ts';
export type * from './search/overview-sections.ts';
export type { Completeness, RelationEdge } from './search/relation-edge.ts';
export type { RelationOptions, Relations } from './search/relations.ts';
export type { SymbolPath, SymbolPathOptions } from './search/symbol-path.ts';
export { SearchError, type SearchErrorCode } from './search/search-error.ts';
export type { RankingSignal, SearchHit } from './search/search-hit.ts';
export type { NodeSummary, SymbolSummary } from './search/symbol-summary.ts';
export {
  SEARCH_MODES,
  VectorKnowledgeGraph,
  type SearchMode,
  type SearchOptions,
} from './search/vector-knowledge-graph.ts';
export type { PassedOver } from './store/model-record.ts';
export { StoreError, type StoreErrorCode } from './store/store-error.ts';

import type { EdgeKind } from '../../graph/edge.ts';
import type { SymbolKind } from '../../graph/symbol.ts';
import type { IndexStore } from '../../store/index-store.ts';

/** What is exported. */
export interface ExportSource {
  /** Folder of the repository. */
  readonly root: string;
  readonly store: IndexStore;
  /** Version of this package, for formats that name the tool that wrote them. */
  readonly toolVersion?: string | undefined;
}

export interface GraphExportOptions {
  /** Only edges of these kinds. @defaultValue all */
  readonly edges?: readonly EdgeKind[] | undefined;
  /** Only symbols of these kinds, and edges between them; files and folders then stay out. @defaultValue all nodes */
  readonly kinds?: readonly SymbolKind[] | undefined;
  /** Only edges of at least this confidence. @defaultValue 0 */
  readonly minConfidence?: number | undefined;
}

/** A graph on its way out. SCIP is counted while `content` is read: its numbers and its notice are whole at the end. */
export interface GraphExport {
  /** Nodes in the document. */
  readonly nodes: number;
  /** Edges in the document. */
  readonly edges: number;
  /** The document, piece by piece: text, or bytes of formats that are not text. */
  readonly content: AsyncIterable<string | Uint8Array>;
  /** Such as `more edges than Mermaid draws`. */
  readonly notice?: string | undefined;
}

/** Makes a document of a graph. */
export type GraphExporter = (source: ExportSource, options: GraphExportOptions) => Promise<GraphExport>;
